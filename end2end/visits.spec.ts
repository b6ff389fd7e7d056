import { expect, test, type Page } from '@playwright/test';
import { modules } from './support/content';
import { come, heading, hydrated, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { watch } from './support/watch';

// What goes on while a page is shown ends with it: whoever comes a second time finds one of everything, and whoever has left hears
// nothing more of it. The time is the page's own, and is put forward.

const [module] = modules;

/** Counts calls, and the streams that are open. */
async function counts(page: Page) {
  const calls = { all: 0 };
  page.on('request', (request) => {
    calls.all += Number(new URL(request.url()).pathname.startsWith('/api/'));
  });
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
  const streams = () => page.evaluate(() => (window as never as { streams: Set<EventSource> }).streams.size);
  return { calls, streams };
}

/** Lets the page's time pass, a second at once, and whatever is asked meanwhile be answered. */
async function pass(page: Page, seconds: number) {
  for (let n = 0; n < seconds; n += 1) {
    await page.clock.runFor(1_000);
    await page.evaluate(() => fetch('/healthz').then((answer) => answer.text()));
  }
}

async function twice(page: Page, path: string, title: string | RegExp, there?: () => Promise<void>) {
  const { faults } = await watch(page);
  const { calls, streams } = await counts(page);
  await page.clock.install();
  await open(page, '/account');
  const asked: number[] = [];
  for (let visit = 0; visit < 2; visit += 1) {
    await come(page, path);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect(heading(page, title)).toBeVisible();
    await there?.();
    // What begins with the page has begun.
    await pass(page, 2);
    const before = calls.all;
    await pass(page, 15);
    asked.push(calls.all - before);
    expect(await streams(), `streams of ${path}, visit ${visit + 1}`).toBeLessThanOrEqual(1);
    await come(page, '/account');
    await expect(heading(page, 'Your account')).toBeVisible();
    await pass(page, 8);
    const left = calls.all;
    await pass(page, 40);
    expect(calls.all - left, `calls after ${path} was left`).toBe(0);
    expect(await streams(), `streams after ${path} was left`).toBe(0);
  }
  // A second keeper would ask as often again.
  expect(asked[1], `${path} asked ${asked} times`).toBeLessThanOrEqual(asked[0] * 1.5 + 1);
  expect(faults).toEqual([]);
  return asked;
}

test('a course', async ({ page }) => {
  await signIn(page, STUDENTS.comesTwice);
  await twice(page, '/learn/nmp', /./);
});

test('a check', async ({ page }) => {
  await signIn(page, STUDENTS.comesTwice);
  await twice(page, `/learn/nmp/${module.slug}/check`, 'Knowledge check');
});
