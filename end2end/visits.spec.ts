import { expect, test, type Page, type Request } from '@playwright/test';
import { ownTime } from './support/clock';
import { modules } from './support/content';
import { opensIn, paperCalled } from './support/database';
import { question, setPaper, setter, start } from './support/exam';
import { come, heading, hydrated, open } from './support/page';
import { COHORT, STUDENTS, TUTOR, signIn } from './support/people';
import { watch } from './support/watch';

// What goes on while a page is shown ends with it: whoever comes a second time finds one of everything, and whoever has left hears
// nothing more of it. The time is the page's own, and is put forward.

const [module] = modules;

/** Counts calls, how many of one function are under way at once at most, and the streams that are open. */
async function counts(page: Page) {
  const calls = { all: 0, atOnce: 0 };
  const underWay = new Map<string, number>();
  const count = (request: Request, change: 1 | -1) => {
    const path = new URL(request.url()).pathname;
    if (!path.startsWith('/api/')) return;
    underWay.set(path, (underWay.get(path) ?? 0) + change);
    calls.all += Number(change === 1);
    calls.atOnce = Math.max(calls.atOnce, underWay.get(path)!);
  };
  page.on('request', (request) => count(request, 1));
  page.on('requestfinished', (request) => count(request, -1));
  page.on('requestfailed', (request) => count(request, -1));
  await page.addInitScript(() => {
    const open = new Set<EventSource>();
    Object.assign(window, { streams: open });
    window.EventSource = class extends EventSource {
      constructor(url: string) {
        super(url);
        open.add(this);
      }
      close() {
        super.close();
        open.delete(this);
      }
    };
  });
  const quiet = () => expect.poll(() => [...underWay.values()].every((calls) => calls === 0), 'every call is answered').toBe(true);
  const streams = () => page.evaluate(() => (window as never as { streams: Set<EventSource> }).streams.size);
  return { calls, quiet, streams };
}

/** `asks`: how often it asks goes by the time alone, and not by news, which other journeys make meanwhile. */
async function twice(page: Page, path: string, title: string | RegExp, { asks = false, there = async () => {} } = {}) {
  const { faults } = await watch(page);
  const { calls, quiet, streams } = await counts(page);
  await ownTime(page);
  /** Lets the page's time pass, a second at once, and whatever is asked meanwhile be answered: a call is given up after some seconds. */
  const pass = async (seconds: number) => {
    for (let n = 0; n < seconds; n += 1) {
      await page.clock.runFor(1_000);
      await page.evaluate(() => fetch('/healthz').then((answer) => answer.text()));
      await quiet();
    }
  };
  await open(page, '/account');
  const asked: number[] = [];
  for (let visit = 0; visit < 2; visit += 1) {
    await come(page, path);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect(heading(page, title)).toBeVisible();
    await there();
    // What begins with the page has begun.
    await pass(2);
    const before = calls.all;
    await pass(25);
    asked.push(calls.all - before);
    expect(await streams(), `streams of ${path}, visit ${visit + 1}`).toBeLessThanOrEqual(1);
    await come(page, '/account');
    await expect(heading(page, 'Your account')).toBeVisible();
    await pass(8);
    const left = calls.all;
    await pass(40);
    expect(calls.all - left, `calls after ${path} was left`).toBe(0);
    expect(await streams(), `streams after ${path} was left`).toBe(0);
  }
  // A second keeper would ask as often again; a second one that hears news would ask at the same moment.
  if (asks) {
    expect(asked[0], `questions of ${path}`).toBeGreaterThan(0);
    expect(asked[1], `${path} asked ${asked} times`).toBeLessThanOrEqual(asked[0] * 1.5 + 1);
  } else {
    expect(calls.all, `questions of ${path}`).toBeGreaterThan(0);
    expect(calls.atOnce, `questions of ${path} at once`).toBe(1);
  }
  expect(faults).toEqual([]);
}

test('a course', async ({ page }) => {
  await signIn(page, STUDENTS.comesTwice);
  await twice(page, '/learn/nmp', /./);
});

test('a check', async ({ page }) => {
  await signIn(page, STUDENTS.comesTwice);
  await twice(page, `/learn/nmp/${module.slug}/check`, 'Knowledge check');
});

test('a room, the start page of a paper that is not open yet, and those who run it', async ({ page, browser }) => {
  const desk = await setter(browser);
  const paper = await setPaper(desk, { title: 'Come to twice', code: 'TWICE1', minutes: 120, emails: [STUDENTS.comesTwice] });
  await setPaper(desk, { title: 'Waited for twice', code: 'TWICE2', emails: [STUDENTS.comesTwice] });
  opensIn('TWICE2', 3_000);
  await signIn(page, STUDENTS.comesTwice);
  const room = await start(page, 'TWICE1');
  await hydrated(page);
  await twice(page, room, 'Come to twice', { asks: true, there: () => question(page, 1, 3) });

  const waits = await (await browser.newContext()).newPage();
  await signIn(waits, STUDENTS.comesTwice);
  await twice(waits, `/assessments/start/${paperCalled('Waited for twice')}`, 'Waited for twice', { asks: true });
  await waits.context().close();

  for (const path of [paper, `${paper}/sittings/${room.split('/').pop()}`]) {
    const runs = await (await browser.newContext()).newPage();
    await signIn(runs, 'setter@demo.example');
    await twice(runs, path, /./, { asks: true });
    await runs.context().close();
  }
  await desk.context().close();
});

test('a cohort', async ({ page }) => {
  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  const path = await page.getByRole('link', { name: COHORT }).getAttribute('href');
  await twice(page, path!, COHORT);
});
