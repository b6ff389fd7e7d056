import type { Page } from '@playwright/test';
import { ownTime, timeStands } from './support/clock';
import { modules } from './support/content';
import { counts } from './support/counts';
import { demo } from './support/database';
import { SETTER } from './support/exam';
import { hydrated, open } from './support/page';
import { COHORT, STUDENTS, TUTOR, onAnotherDevice, signIn } from './support/people';
import { ownStream } from './support/stream';
import { expect, test } from './support/test';

// Changes from elsewhere must not disturb a person at work.

const [module] = modules;

test('news from elsewhere takes away neither the focus nor opened parts', async ({ page, browser }) => {
  await signIn(page, STUDENTS.keyboardNews);
  // Begun, so that the missing parts are listed.
  await open(page, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  await open(page, `/learn/nmp/${module.slug}`);
  const why = page.locator('.why');
  await why.locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const link = why.getByRole('link').nth(1);
  await expect(link).toBeFocused();
  const begun = page.locator('.wheel circle.is-in-progress');
  const before = await begun.count();
  const [, , other] = modules;
  const { context } = await onAnotherDevice(browser, STUDENTS.keyboardNews, `/learn/nmp/${other.slug}/${other.pages[0].slug}`);
  await expect(begun).toHaveCount(before + 1);
  await expect(link).toBeVisible();
  await expect(link).toBeFocused();
  await context.close();
});

/** The cohort's page, as its tutor, and its search field. */
async function searchOfCohort(page: Page) {
  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  await page.getByRole('link', { name: COHORT }).click();
  await expect(page.getByRole('table')).toBeVisible();
  await hydrated(page);
  return page.getByLabel('Name or e-mail address');
}

test('news of the cohort does not disturb a search that is being typed', async ({ page, browser }) => {
  const search = await searchOfCohort(page);
  await search.focus();
  await page.keyboard.type('ama');
  const row = page.getByRole('row').filter({ hasText: STUDENTS.searchNews });
  await expect(row.getByRole('img', { name: 'In progress' })).toHaveCount(0);
  const { context } = await onAnotherDevice(browser, STUDENTS.searchNews, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  await expect(row.getByRole('img', { name: 'In progress' })).toHaveCount(1);
  await expect(search).toBeFocused();
  await page.keyboard.type('ra');
  await expect(search).toHaveValue('amara');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('match “amara”');
  await context.close();
});

test('all news during a request, and in the half second after it, is asked for together', async ({ page }) => {
  await signIn(page, STUDENTS.asksOnce);
  const { streams, tell } = await ownStream(page);
  await ownTime(page);
  const held: (() => void)[] = [];
  await page.route('**/api/learning/load_progress', async (route) => {
    await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  await open(page, '/learn/nmp');
  await expect.poll(streams).toBe(1);
  // From here on only the test lets time pass.
  await timeStands(page);
  /** All requests so far have arrived and are held. */
  const asked = async () => {
    await page.evaluate(() => fetch('/healthz').then((answer) => answer.text()));
    return held.length;
  };
  const answered = async () => {
    const came = page.waitForResponse('**/api/learning/load_progress');
    held.at(-1)!();
    await (await came).finished();
  };
  await tell('changed', { times: 5 });
  await expect.poll(asked).toBe(1);
  await tell('changed', { times: 3 });
  expect(await asked(), 'one is under way').toBe(1);
  await answered();
  await asked();
  await tell('changed', { times: 3 });
  await page.clock.runFor(499);
  expect(await asked(), 'in the half second after it').toBe(1);
  await page.clock.runFor(1);
  await expect.poll(asked, 'all of it together').toBe(2);
  await answered();
  await asked();
  await page.clock.runFor(3_000);
  expect(await asked(), 'there was no more news').toBe(2);
  // And later news is asked for at once.
  await tell('changed');
  await expect.poll(asked).toBe(3);
  await answered();
});

/** As a browser does when another tab is shown, or this one again. */
function look(page: Page, away: boolean) {
  return page.evaluate((away) => {
    Object.defineProperty(document, 'hidden', { value: away, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: away ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, away);
}

test('a hidden tab has no stream, and shows the current state when it is shown again', async ({ page, browser }) => {
  await signIn(page, STUDENTS.looksAway);
  const { calls, streams, quiet, pass } = await counts(page);
  await ownTime(page);
  await open(page, '/learn/nmp');
  await expect.poll(streams).toBe(1);
  await expect.poll(() => calls.of.load_progress ?? 0, 'a stream begins with news').toBeGreaterThan(0);
  await quiet();
  const begun = page.locator('.wheel circle.is-in-progress');
  await expect(begun).toHaveCount(0);
  await look(page, true);
  // At once: the server's next message would end it too.
  expect(await streams(), 'streams of a hidden tab').toBe(0);
  const before = calls.all;
  const { context } = await onAnotherDevice(browser, STUDENTS.looksAway, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  await context.close();
  await pass(20);
  expect(calls.all - before, 'calls of a hidden tab').toBe(0);
  expect(await streams()).toBe(0);
  await look(page, false);
  await expect.poll(streams).toBe(1);
  await expect(begun).toHaveCount(1);
});

test('polling rests while its tab is hidden, and asks at once when it is shown again', async ({ page }) => {
  await signIn(page, SETTER);
  const { calls, counted, quiet, pass } = await counts(page);
  await ownTime(page);
  await open(page, `/assessments/papers/${demo('open')}`);
  const asked = async () => {
    await counted();
    return calls.of.load_invigilation ?? 0;
  };
  const asksWithin = async (seconds: number, more: number) => {
    const before = await asked();
    await pass(seconds);
    const now = await asked();
    if (more > 0) expect(now - before).toBeGreaterThanOrEqual(more);
    else expect(now - before, 'calls of a hidden tab').toBe(0);
  };
  await asksWithin(10, 1);
  // While it is waiting.
  await look(page, true);
  await asksWithin(20, 0);
  await timeStands(page);
  let before = await asked();
  await look(page, false);
  await expect.poll(asked, 'when the tab is shown again, at once').toBe(before + 1);
  await quiet();
  // While a request is running.
  let go = () => {};
  const held = new Promise<void>((release) => (go = release));
  await page.route('**/api/assessment/load_invigilation', async (route) => {
    await held;
    await route.continue();
  });
  before = await asked();
  await page.clock.runFor(4_000);
  await expect.poll(asked).toBe(before + 1);
  await look(page, true);
  go();
  await quiet();
  await asksWithin(20, 0);
});

test('a search that is edited while its results arrive stays as typed', async ({ page }) => {
  const search = await searchOfCohort(page);
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/cohorts/load_cohort', async (route) => {
    await held;
    await route.continue();
  });
  await search.focus();
  await page.keyboard.type('am');
  const asked = page.waitForRequest('**/api/cohorts/load_cohort');
  await page.keyboard.press('Enter');
  await asked;
  // A cursor in the middle stays there too.
  await page.keyboard.type('ra');
  await page.keyboard.press('ArrowLeft');
  answer();
  await expect(page.getByRole('status')).toContainText('match “am”');
  await page.unrouteAll({ behavior: 'wait' });
  await expect(search).toBeFocused();
  await page.keyboard.type('o');
  await expect(search).toHaveValue('amroa');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('matches “amroa”');
  // Going back shows that page's search.
  await page.goBack();
  await expect(page.getByRole('status')).toContainText('match “am”');
  await expect(search).toHaveValue('am');
});
