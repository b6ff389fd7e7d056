import type { Page } from '@playwright/test';
import { ownTime, timeStands } from './support/clock';
import { modules } from './support/content';
import { counts } from './support/counts';
import { demo, opensIn, paperCalled } from './support/database';
import { question, setPaper, setter, start } from './support/exam';
import { come, heading, hydrated, open } from './support/page';
import { COHORT, LEAD, STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';
import { watch } from './support/watch';

// The background work of a page ends with it: a second visit has one of everything, and after leaving there is no more
// of it. The page has its own clock, which the test advances.

const [module] = modules;

interface Visited {
  /** The function that the page calls repeatedly. */
  asks: string;
  /** The page itself is also drawn from its reply. */
  drawn?: true;
  /** It polls by time alone, and not on news, which other journeys cause meanwhile; watched for this number of seconds. */
  byTime?: number;
  /** Two parts of the page may ask at the same moment. */
  atOnce?: number;
  there?: () => Promise<void>;
}

async function twice(page: Page, path: string, title: string | RegExp, { asks, drawn, byTime, atOnce = 1, there = async () => {} }: Visited) {
  const { faults } = await watch(page);
  const { calls, streams, pass } = await counts(page);
  await ownTime(page);
  await open(page, '/account');
  await timeStands(page);
  const asked: number[] = [];
  const own = () => calls.of[asks] ?? 0;
  for (let visit = 0; visit < 2; visit += 1) {
    const here = own();
    await come(page, path);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect(heading(page, title)).toBeVisible();
    await there();
    // The page's background work has begun.
    await pass(2);
    const before = own();
    await pass(byTime ?? 25);
    asked.push(own() - (byTime ? before : here));
    expect(await streams(), `streams of ${path}, visit ${visit + 1}`).toBeLessThanOrEqual(1);
    await come(page, '/account');
    await expect(heading(page, 'Your account')).toBeVisible();
    await pass(8);
    const left = calls.all;
    await pass(40);
    expect(calls.all - left, `calls after ${path} was left`).toBe(0);
    expect(await streams(), `streams after ${path} was left`).toBe(0);
  }
  for (const count of asked) expect(count, `${path} asked ${asks} ${asked} times`).toBeGreaterThan(drawn && !byTime ? 1 : 0);
  // A second keeper would double the calls; a second listener for news would ask at the same moment.
  if (byTime) expect(asked[1], `${path} asked ${asks} ${asked} times`).toBeLessThanOrEqual(asked[0] + 1);
  expect(calls.atOnce[asks], `${asks} of ${path} at once`).toBeLessThanOrEqual(atOnce);
  expect(faults).toEqual([]);
}

test('a course', async ({ page }) => {
  await signIn(page, STUDENTS.comesTwice);
  await twice(page, '/learn/nmp', /./, { asks: 'load_progress' });
});

test('a check', async ({ page }) => {
  await signIn(page, STUDENTS.comesTwice);
  await twice(page, `/learn/nmp/${module.slug}/check`, 'Knowledge check', { asks: 'load_progress' });
});

test('a room, the start page of a paper that is not open yet, and the setter\'s pages', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const paper = await setPaper(setterPage, { title: 'Come to twice', code: 'TWICE1', minutes: 120, emails: [STUDENTS.comesTwice] });
  await setPaper(setterPage, { title: 'Waited for twice', code: 'TWICE2', emails: [STUDENTS.comesTwice] });
  opensIn('TWICE2', 3_000);
  await signIn(page, STUDENTS.comesTwice);
  const room = await start(page, 'TWICE1');
  await hydrated(page);
  // Its beat and its news call the same function.
  await twice(page, room, 'Come to twice', { asks: 'load_room_state', byTime: 45, atOnce: 2, there: () => question(page, 1, 3) });

  const waits = await (await browser.newContext()).newPage();
  await signIn(waits, STUDENTS.comesTwice);
  await twice(waits, `/assessments/start/${paperCalled('Waited for twice')}`, 'Waited for twice', { asks: 'load_start', byTime: 65 });
  await waits.context().close();

  for (const [path, asks] of [[paper, 'load_invigilation'], [`${paper}/sittings/${room.split('/').pop()}`, 'load_sitting_overview']]) {
    const runs = await (await browser.newContext()).newPage();
    await signIn(runs, 'setter@demo.example');
    await twice(runs, path, /./, { asks, byTime: 25 });
    await runs.context().close();
  }
  await setterPage.context().close();
});

test('a cohort', async ({ page }) => {
  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  const path = await page.getByRole('link', { name: COHORT }).getAttribute('href');
  await twice(page, path!, COHORT, { asks: 'load_cohort', drawn: true });
});

test('who has completed what', async ({ page }) => {
  await signIn(page, LEAD);
  await twice(page, `/organisation/${demo('slug')}/reports`, 'Who has completed what', { asks: 'load_report', drawn: true });
});

test('the pages of the Zone that hear of applications', async ({ browser }) => {
  const area = '/zone/north-prescribers';
  for (const [path, title, asks] of [
    ['/zone', 'NMP Zone', 'load_areas'],
    [area, /./, 'load_area'],
    [`${area}/applications`, 'Applications', 'load_applications'],
  ] as const) {
    const page = await (await browser.newContext()).newPage();
    await signIn(page, LEAD);
    await twice(page, path, title, { asks, drawn: true });
    await page.context().close();
  }
});

test('the pages of an area of the Zone', async ({ browser }) => {
  const area = '/zone/north-prescribers';
  for (const [path, title, asks] of [
    [area, /./, 'load_area'],
    [`${area}/directory`, 'Directory', 'load_directory'],
    [`${area}/messages`, /./, 'load_messages'],
    [`${area}/resources`, /./, 'load_resources'],
  ] as const) {
    const page = await (await browser.newContext()).newPage();
    await signIn(page, 'member@demo.example');
    await twice(page, path, title, { asks });
    await page.context().close();
  }
});
