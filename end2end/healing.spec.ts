import type { Page } from '@playwright/test';
import { answer, answerAll, asked, stands, submit } from './support/check';
import { modules } from './support/content';
import { holds } from './support/database';
import { box, question, saved, setPaper, setter, start } from './support/exam';
import { come, heading, hydrated, isSameDocument, markDocument, open } from './support/page';
import { STUDENTS, onAnotherDevice, signIn } from './support/people';
import { expect, test } from './support/test';

// The page recovers from lost events within five seconds; the rest is for a busy machine.
const HEALED = { timeout: 15_000 };

const [module, later] = modules;

function task(page: Page, title: string) {
  return page.locator('.task-list > li').filter({ has: page.getByRole('link', { name: title, exact: true }) });
}

test('a change arrives although the stream of events is blocked', async ({ page, context, browser }) => {
  await context.route('**/live*', (route) => route.abort());
  await signIn(page, STUDENTS.healingBlocked);
  await open(page, '/learn/nmp');
  await markDocument(page);
  await expect(task(page, module.title)).toContainText('Not yet started');
  const { context: other, page: device } = await onAnotherDevice(browser, STUDENTS.healingBlocked, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  await expect(heading(device, module.pages[0].title)).toBeVisible();
  await expect(task(page, module.title)).toContainText('In progress', HEALED);
  // Not once, but for as long as the stream is blocked.
  await open(device, `/learn/nmp/${later.slug}/${later.pages[0].slug}`);
  await expect(task(page, later.title)).toContainText('In progress', HEALED);
  await isSameDocument(page);
  await other.close();
});

test('news whose reply was lost is asked for again, although the stream lives', async ({ page, browser }) => {
  await signIn(page, STUDENTS.healingAnswer);
  await open(page, '/learn/nmp');
  await markDocument(page);
  // The server is down for a moment, just when the page asks for the changes.
  const ask = '**/api/learning/load_progress';
  await page.route(ask, (route) => route.abort());
  const failed = page.waitForEvent('requestfailed', { predicate: (request) => request.url().endsWith('/load_progress'), timeout: 0 });
  const { context: other } = await onAnotherDevice(browser, STUDENTS.healingAnswer, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  await failed;
  await page.unroute(ask);
  await expect(task(page, module.title)).toContainText('In progress', HEALED);
  await isSameDocument(page);
  await other.close();
});

async function isSentNow(page: Page) {
  await submit(page).click();
  await expect(page.getByRole('heading', { name: 'You passed' })).toBeVisible();
  await expect(page.getByText(`${module.asked} of ${module.asked} right.`)).toBeVisible();
}

test('a check that cannot be sent keeps its answers, says so, and is sent when the connection is back', async ({ page, context }) => {
  await signIn(page, STUDENTS.healingCheck);
  await open(page, `/learn/nmp/${module.slug}/check`);
  const questions = await answerAll(page, module, 'right');
  await context.setOffline(true);
  await submit(page).click();
  const told = page.getByRole('alert');
  await expect(told).toContainText('Not sent: we cannot reach the server. Your answers are still on this page');
  await stands(page, questions);
  // The message is far above the button.
  await expect(told).toBeFocused();
  await expect(told).toBeInViewport();
  await context.setOffline(false);
  // The message goes when the check is sent again, while the focus stays on the button; and returns if that fails.
  let fail = () => {};
  const failing = new Promise<void>((resolve) => (fail = resolve));
  await page.route('**/api/learning/submit_check', async (route) => {
    await failing;
    await route.abort();
  });
  await submit(page).press('Enter');
  const sending = page.getByRole('button', { name: 'Sending…' });
  await expect(sending).toBeDisabled();
  await expect(sending).toBeFocused();
  await expect(told).toHaveCount(0);
  fail();
  await expect(told).toBeFocused();
  await page.unrouteAll({ behavior: 'wait' });
  await isSentNow(page);
});

test('a check that is sent after the session ended keeps its answers, and is sent after signing in again', async ({ page, context, browser }) => {
  await signIn(page, STUDENTS.healingSession);
  await open(page, `/learn/nmp/${module.slug}/check`);
  const questions = await answerAll(page, module, 'right');
  const { page: device, context: other } = await onAnotherDevice(browser, STUDENTS.healingSession, '/account');
  await device.locator('.devices').getByRole('button', { name: /^Sign out / }).click();
  await expect(device.getByRole('status')).toHaveText('The device has been signed out.');
  await submit(page).click();
  await expect(page.getByRole('alert')).toContainText('You have been signed out. Your answers are still on this page');
  await expect(page.locator('form.check').getByRole('link', { name: 'sign in in another tab' }).or(page.getByRole('alert').getByRole('link', { name: 'sign in in another tab' })).first()).toBeVisible();
  await stands(page, questions);
  const tab = await context.newPage();
  await signIn(tab, STUDENTS.healingSession);
  await isSentNow(page);
  await other.close();
});

test('answers that a check could not send before it was left by a link are sent when the connection is back', async ({ page, context }) => {
  await signIn(page, STUDENTS.healingLeavesCheck);
  const path = `/learn/nmp/${module.slug}`;
  await open(page, path);
  await markDocument(page);
  await page.locator('.contents').getByRole('link', { name: 'Knowledge check' }).click();
  await expect(heading(page, 'Knowledge check')).toBeFocused();
  const [one] = await asked(page, module);
  await context.setOffline(true);
  await answer(page, one, one.right);
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: module.title }).click();
  await expect(heading(page, 'We cannot reach the server')).toBeVisible();
  await context.setOffline(false);
  await expect(heading(page, module.title)).toBeVisible(HEALED);
  await expect(page.locator('.contents')).toContainText('1 answer kept', HEALED);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('check:')))).toEqual([]);
  await isSameDocument(page);
});

test('answers that an exam room could not send before it was left by a link are sent when the connection is back', async ({ page, context, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Left without a network', code: 'LEFTOFFLINE1', questions: [['Doses in units', 1]] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.healingLeavesRoom);
  const room = await start(page, 'LEFTOFFLINE1');
  await open(page, '/assessments');
  await markDocument(page);
  await come(page, room);
  await question(page, 1, 1);
  await box(page).fill('1 mL');
  await saved(page);
  await context.setOffline(true);
  await box(page).fill('2 mL');
  await come(page, '/assessments');
  await expect(heading(page, 'We cannot reach the server')).toBeVisible();
  await context.setOffline(false);
  await holds(room, [{ response: { number: { typed: '2 mL', unit: '' } }, flagged: false }]);
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('room:')))).toEqual([]);
  await isSameDocument(page);
});

/** In another tab of the same browser. */
async function signOutIn(tab: Page) {
  await open(tab, '/');
  await tab.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect(heading(tab, 'Learn to prescribe, at your own pace')).toBeVisible();
}

async function look(page: Page) {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
}

test('a tab does not change its owner when another person signs in in another tab', async ({ page, context }) => {
  await signIn(page, STUDENTS.sharesBrowser);
  await open(page, '/learn/nmp');
  await markDocument(page);
  const list = page.locator('.task-list');
  const own = await list.innerText();
  const tab = await context.newPage();
  // After signing in again as the same person nothing changes.
  await signIn(tab, STUDENTS.sharesBrowser);
  await come(page, '/learn');
  await expect(heading(page, 'My courses')).toBeVisible();
  await page.goBack();
  await expect(list).toHaveText(/./);
  await look(page);
  await isSameDocument(page);

  await signOutIn(tab);
  await signIn(tab, STUDENTS.sharesBrowserToo);
  const greeting = await tab.getByRole('heading', { level: 1 }).innerText();
  await open(tab, '/learn/nmp');
  expect(await tab.locator('.task-list').innerText()).not.toBe(own);
  await isSameDocument(page);
  expect(await list.innerText()).toBe(own);
  // A link there leads on as the person who is now signed in.
  await come(page, '/');
  await expect(heading(page, greeting)).toBeVisible();
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(false);
  // When the tab is shown again it greets the person who is now signed in.
  await hydrated(page);
  await signOutIn(tab);
  await look(page);
  await expect(heading(page, 'Learn to prescribe, at your own pace')).toBeVisible();
  await hydrated(page);
  await signIn(tab, STUDENTS.sharesBrowser);
  await look(page);
  await expect(heading(page, /^Hello, /)).toBeVisible();
});

test('typed text stays when the person signs out in another tab, and so does a check', async ({ page, context }) => {
  await signIn(page, STUDENTS.sharesBrowserToo);
  const tab = await context.newPage();
  for (const path of ['/account', `/learn/nmp/${module.slug}/check`]) {
    await signIn(tab, STUDENTS.sharesBrowserToo);
    await open(page, path);
    await markDocument(page);
    if (path === '/account') await page.getByLabel('New password').fill('typed');
    let loads = 0;
    page.on('request', (request) => (loads += Number(request.isNavigationRequest())));
    await signOutIn(tab);
    await look(page);
    await page.evaluate(async () => (await fetch('/healthz')).text());
    expect(loads, path).toBe(0);
    await isSameDocument(page);
    await come(page, '/learn');
    await expect(page).toHaveURL('/sign-in?next=%2Flearn');
    page.removeAllListeners('request');
  }
});
