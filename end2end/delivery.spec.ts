import type { Page, Request } from '@playwright/test';
import { holds, opensIn, type Given } from './support/database';
import { answer, answerAll, asked, stands, submit } from './support/check';
import { modules } from './support/content';
import { SUBMIT, box, local, onward, question, saved, setPaper, setter, start, turnTo } from './support/exam';
import { refusing } from './support/network';
import { hydrated, open, translate } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// An answer's path from the page to the server, and the messages to the candidate meanwhile, which are always true.

const LINE = '.saved-line';
const SAVE = '**/api/assessment/save_answers';
const ANSWER = (typed: string): Given => ({ response: { number: { typed, unit: '' } }, flagged: false });
const NOTHING: Given = { response: null, flagged: false };

/** A room of the candidate's with this number of questions that need a number and its unit. */
async function sit(page: Page, browser: Parameters<typeof setter>[0], email: string, code: string, questions: [string, number][] = [['heparin-volume (Doses in units, difficulty 1)', 2]]) {
  const setterPage = await setter(browser);
  const address = await setPaper(setterPage, { title: code, code, questions });
  await signIn(page, email);
  const room = await start(page, code);
  await hydrated(page);
  return { setterPage, address, room };
}

test('the room says when another person signs in in the same browser, and sends the answers given meanwhile afterwards', async ({ page, context, browser }) => {
  const { setterPage, room } = await sit(page, browser, STUDENTS.deliveryOther, 'OTHERHERE1');
  await setterPage.context().close();
  await box(page).fill('1 mL');
  await saved(page);
  const other = await context.newPage();
  await context.clearCookies();
  await signIn(other, STUDENTS.deliveryWaits);
  let calls = 0;
  page.on('request', (request) => (calls += Number(request.url().endsWith('/save_answers'))));
  await box(page).fill('2 mL');
  await expect(page.locator(LINE)).toContainText('Somebody else is signed in in this browser');
  await expect(page.locator(LINE)).toContainText('sign in as yourself');
  // Not repeatedly.
  const before = calls;
  await page.waitForTimeout(3_000);
  expect(calls).toBe(before);
  await holds(room, [ANSWER('1 mL'), NOTHING]);
  await context.clearCookies();
  await signIn(other, STUDENTS.deliveryOther);
  await saved(page);
  await holds(room, [ANSWER('2 mL'), NOTHING]);
});

test('a device that stores nothing is not called safe', async ({ page, browser }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  const { setterPage } = await sit(page, browser, STUDENTS.deliveryStorage, 'NOSTORAGE1');
  await setterPage.context().close();
  await page.route('**/api/assessment/s*_answers', (route) => route.abort());
  await page.route('**/api/assessment/submit_answers', (route) => route.abort());
  await box(page).fill('1 mL');
  await expect(page.locator(LINE)).toHaveText('Not saved yet, and this device does not keep it: keep this page open, we will send it');
  await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: SUBMIT }).click();
  const notice = page.getByRole('alert').filter({ hasText: 'Not submitted yet' });
  await expect(notice).toContainText('This device does not keep what has not arrived');
  await expect(notice).not.toContainText('safe on this device');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await expect(notice).toContainText('Your answers are safe on this device', { timeout: 15_000 });
});

test('an answer that the server refuses for good is reported, not sent again, and holds back no other', async ({ page, browser }) => {
  const { setterPage, room } = await sit(page, browser, STUDENTS.deliveryRefused, 'NEVERTAKEN1');
  await setterPage.context().close();
  let refused = 0;
  await page.route(SAVE, async (route) => {
    const call = route.request().postDataJSON();
    for (const save of call.saves) {
      // As from a page with invalid sequences.
      if (save.response?.number.typed === '1 mL') {
        save.sequence = 2 ** 50;
        refused += 1;
      }
    }
    await route.continue({ postData: JSON.stringify(call) });
  });
  await box(page).fill('1 mL');
  await turnTo(page, 2, 2);
  await box(page).fill('2 mL');
  await expect(page.locator(LINE)).toHaveText('1 answer is not saved, and cannot be from this page. Load the page again and look at your answers');
  await holds(room, [NOTHING, ANSWER('2 mL')]);
  const before = refused;
  await page.waitForTimeout(3_000);
  expect(refused).toBe(before);
  // It is still on this device, and the reloaded page sends it with a sequence of its own.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  await saved(page);
  await holds(room, [ANSWER('1 mL'), ANSWER('2 mL')]);
});

test('an item that is moved by keyboard keeps the focus, and its place is announced', async ({ page, browser }) => {
  const { setterPage } = await sit(page, browser, STUDENTS.deliveryMoves, 'MOVES1', [['how-often-in-order (Abbreviations and safe writing, difficulty 1)', 1]]);
  await setterPage.context().close();
  const items = page.locator('.ordering > li');
  const count = await items.count();
  const text = (await items.first().locator('span').first().innerText()).trim();
  await items.first().getByRole('button', { name: 'Down' }).focus();
  for (let place = 2; place <= count; place += 1) {
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status').filter({ hasText: `place ${place} of ${count}` })).toHaveText(`${text}, place ${place} of ${count}`);
    await expect(items.nth(place - 1).getByRole('button', { name: 'Down' })).toBeFocused();
  }
  // At the end it does nothing, and so does not undo the move.
  await page.keyboard.press('Enter');
  await expect(items.nth(count - 1).getByRole('button', { name: 'Down' })).toBeFocused();
  await expect(items.nth(count - 1).locator('span').first()).toHaveText(text);
  await saved(page);
});

function signOut(page: Page) {
  return page.getByRole('banner').getByRole('button', { name: 'Sign out' });
}

/** Signs out on the account's page, with answers on the device under this key prefix: "no" stays signed in, "yes" leaves nothing behind. */
async function isAskedAndLeavesNone(page: Page, prefix: string) {
  const left = () => page.evaluate((prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).length, prefix);
  expect(await left()).toBe(1);
  let asked = 0;
  page.once('dialog', async (dialog) => {
    asked += 1;
    expect(dialog.message()).toContain('Answers of an exam or a knowledge check have not reached us yet');
    await dialog.dismiss();
  });
  await signOut(page).click();
  await expect.poll(() => asked).toBe(1);
  await expect(page).toHaveURL(/account$/);
  expect(await left()).toBe(1);
  page.once('dialog', (dialog) => dialog.accept());
  await signOut(page).click();
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
  expect(await left()).toBe(0);
}

test('signing out with unsent answers asks first, and then leaves none behind', async ({ page, browser }) => {
  const { setterPage, room } = await sit(page, browser, STUDENTS.deliverySignsOut, 'SIGNSOUT1');
  await setterPage.context().close();
  const letThrough = await refusing(page, 'assessment/save_answers');
  await box(page).fill('1 mL');
  await expect(page.locator(LINE)).toHaveText('Not saved yet: keep going, we will send it');
  await open(page, '/account');
  await isAskedAndLeavesNone(page, 'room:');
  // With nothing unsent there is no question.
  await letThrough();
  await signIn(page, STUDENTS.deliverySignsOut);
  await open(page, room);
  await box(page).fill('2 mL');
  await saved(page);
  await signOut(page).click();
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
});

test('signing out in the room leaves no unsent answer on the device, and none is sent later', async ({ page, browser }) => {
  const { setterPage, room } = await sit(page, browser, STUDENTS.deliveryLeavesRoom, 'LEAVESROOM1');
  await setterPage.context().close();
  const letThrough = await refusing(page, 'assessment/save_answers');
  await box(page).fill('1 mL');
  await expect(page.locator(LINE)).toHaveText('Not saved yet: keep going, we will send it');
  const left = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('room:')).length);
  expect(await left()).toBe(1);
  page.once('dialog', (dialog) => dialog.accept());
  await signOut(page).click();
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
  expect(await left()).toBe(0);
  await letThrough();
  await signIn(page, STUDENTS.deliveryLeavesRoom);
  await open(page, room);
  await expect(box(page)).toHaveValue('');
  await holds(room, [NOTHING, NOTHING]);
  // Later answers are stored on the device again.
  await page.route(SAVE, (route) => route.abort());
  await box(page).fill('2 mL');
  await expect(page.locator(LINE)).toHaveText('Not saved yet: keep going, we will send it');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await saved(page);
});

test('a room whose session has ended polls every other second, and not ever faster', async ({ page, context, browser }) => {
  const { setterPage } = await sit(page, browser, STUDENTS.deliveryAsks, 'ASKSSLOWLY1');
  await setterPage.context().close();
  await box(page).fill('1 mL');
  await saved(page);
  await context.clearCookies();
  // Nothing is answered meanwhile: the room hears of it with its next beat.
  const again = page.getByRole('link', { name: 'Sign in again in another tab' });
  await expect(again).toBeVisible({ timeout: 90_000 });
  let calls = 0;
  page.on('request', (request) => (calls += Number(request.url().endsWith('/save_answers'))));
  await box(page).fill('2 mL');
  await expect(page.locator(LINE)).toContainText('you have been signed out');
  await page.waitForTimeout(9_000);
  expect(calls, 'the first call and one every two seconds').toBeLessThanOrEqual(6);
  expect(calls, 'it goes on asking').toBeGreaterThanOrEqual(2);
  const [other] = await Promise.all([context.waitForEvent('page'), again.click()]);
  await signIn(other, STUDENTS.deliveryAsks);
  await saved(page);
  await expect(again).toBeHidden();
});

test('an opened hint has the focus, even when it was the last and its button disappears', async ({ page, browser }) => {
  const { setterPage } = await sit(page, browser, STUDENTS.deliveryHints, 'HINTSFOCUS1');
  await setterPage.context().close();
  const more = page.getByRole('button', { name: /Open a hint/ });
  const opened = page.locator('.hints .box');
  for (let n = 1; await more.isVisible(); n += 1) {
    await more.focus();
    await page.keyboard.press('Enter');
    await expect(opened).toHaveCount(n);
    await expect(opened.last()).toBeFocused();
  }
  expect(await opened.count()).toBeGreaterThan(0);
});

test('the same holds for the answers of a knowledge check', async ({ page }) => {
  const module = modules[4];
  const path = `/learn/nmp/${module.slug}/check`;
  await signIn(page, STUDENTS.deliveryCheck);
  await open(page, path);
  const [first] = await asked(page, module);
  const letThrough = await refusing(page, 'learning/save_check');
  await answer(page, first, first.right);
  await expect(page.locator('#kept')).toContainText('Not saved yet');
  await open(page, '/account');
  await isAskedAndLeavesNone(page, 'check:');
  // The next person here finds nothing of it, and neither does the server.
  await letThrough();
  await signIn(page, STUDENTS.deliveryCheck);
  await open(page, path);
  await expect(page.locator('form.check input:checked')).toHaveCount(0);
  await answer(page, first, first.right);
  await expect(page.locator('#kept')).toContainText('Saved.');
  await stands(page, [first]);
  await signOut(page).click();
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
});

test('nothing moves a button of a knowledge check while it is pressed', async ({ page }) => {
  const module = modules[5];
  await signIn(page, STUDENTS.deliveryCheck);
  await open(page, `/learn/nmp/${module.slug}/check`);
  let save = () => {};
  const saving = new Promise<void>((resolve) => (save = resolve));
  await page.route('**/learning/save_check', async (route) => {
    await saving;
    await route.continue();
  });
  await answerAll(page, module, 'wrong');
  await submit(page).hover();
  await page.mouse.down();
  save();
  await expect(page.locator('#kept')).toContainText('Saved.');
  await page.mouse.up();
  await expect(page.getByRole('heading', { name: 'Not passed yet' })).toBeVisible();
});

test('a candidate who waits at the start page gets the button when the paper opens', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Opens soon', code: 'OPENSSOON1', emails: [STUDENTS.deliveryWaits] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.deliveryWaits);
  opensIn('OPENSSOON1', 20);
  await open(page, '/assessments');
  await page.getByRole('link', { name: 'Opens soon' }).click();
  await hydrated(page);
  await expect(page.getByText('This paper is not open yet.')).toBeVisible();
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  const button = page.getByRole('button', { name: 'Start now' });
  await expect(button).toBeVisible({ timeout: 35_000 });
  expect(await page.evaluate(() => 'stillHere' in window), 'the page was not loaded again').toBe(true);
  await button.click();
  await question(page, 1, 3);
});

test('a candidate who waits at the start page is told when the start is moved', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Opens later', code: 'OPENSLATER1', emails: [STUDENTS.deliveryWaits] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.deliveryWaits);
  opensIn('OPENSLATER1', 3_600);
  await open(page, '/assessments');
  await page.getByRole('link', { name: 'Opens later' }).click();
  await hydrated(page);
  const [facts, notice] = [page.locator('#start-facts time').first(), page.getByRole('status').locator('time')];
  const before = await facts.getAttribute('datetime');
  expect(await notice.getAttribute('datetime')).toBe(before);
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  opensIn('OPENSLATER1', 7_200);
  await expect(facts).not.toHaveAttribute('datetime', before!, { timeout: 25_000 });
  const after = await facts.getAttribute('datetime');
  expect(Date.parse(after!) - Date.parse(before!)).toBeGreaterThan(3_000_000);
  await expect(notice).toHaveAttribute('datetime', after!);
  expect(await page.evaluate(() => 'stillHere' in window), 'the page was not loaded again').toBe(true);
});

test('an unreadable answer does not look answered, and its example is that of the hint', async ({ page, browser }) => {
  const { setterPage, address } = await sit(page, browser, STUDENTS.deliveryUnreadable, 'UNREADABLE1', [['oral-liquid-volume (Oral liquids, difficulty 1)', 2]]);
  await expect(page.locator('#answer-hint')).toHaveText('A number with its unit, like 12.5 mg.');
  await box(page).fill('abc');
  await expect(page.locator('#answer-problem')).toContainText('Enter a number with its unit, like 12.5 mg');
  const panel = page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: /^Question 1/ });
  await expect(panel).toHaveText('Question 1, cannot be read');
  await expect(panel).not.toHaveClass(/answered/);
  await setterPage.goto(address);
  await expect(setterPage.getByRole('row').filter({ hasText: STUDENTS.deliveryUnreadable })).toContainText('0 of 2');
  await turnTo(page, 2, 2);
  await onward(page).click();
  await expect(page.getByText('1 question is not answered yet. 1 answer cannot be read.')).toBeVisible();
  await expect(page.locator('.review > li').first()).toContainText('Enter a number with its unit');
  await setterPage.context().close();
});

test('in a page that the browser translates the clock goes on, and an unsaved answer shows as unsaved', async ({ page, browser }) => {
  const { setterPage, room } = await sit(page, browser, STUDENTS.deliveryTranslated, 'TRANSLATED1');
  await setterPage.context().close();
  await translate(page);
  await expect(page.locator('#question-heading font').first()).toBeAttached();
  const clock = page.locator('.time-left');
  const before = (await clock.textContent())!;
  await expect(clock).not.toHaveText(before);
  await page.route(SAVE, (route) => route.abort());
  await box(page).fill('1 mL');
  await expect(page.locator(LINE)).toHaveText('Not saved yet: keep going, we will send it');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await saved(page);
  // The next answer is to the next question.
  await turnTo(page, 2, 2);
  await expect(page.locator('#question-heading font').first()).toBeAttached();
  await box(page).fill('2 mL');
  await saved(page);
  await turnTo(page, 1, 2);
  await expect(box(page)).toHaveValue('1 mL');
  await holds(room, [ANSWER('1 mL'), ANSWER('2 mL')]);
});

test('after the device slept, with its clocks stopped, the remaining time is right again', async ({ page, browser }) => {
  await page.addInitScript(() => {
    let slept = 0;
    const now = performance.now.bind(performance);
    performance.now = () => now() - slept;
    Object.assign(window, { sleep: (ms: number) => (slept += ms) });
  });
  let [gone, underWay] = [false, 0];
  const count = (change: number) => (request: Request) => (underWay += request.url().endsWith('/load_room_state') ? change : 0);
  page.on('request', count(1));
  page.on('requestfinished', count(-1));
  page.on('requestfailed', count(-1));
  await page.route('**/api/assessment/load_room_state', (route) => (gone ? route.abort() : route.continue()));
  // The page hears the remaining time together with its epoch. Before that the paper is set, which takes a while.
  const epoch = page.waitForResponse((response) => response.url().endsWith('/begin_epoch'), { timeout: 0 });
  const { setterPage } = await sit(page, browser, STUDENTS.deliverySleeps, 'SLEEPS1');
  await setterPage.context().close();
  await (await epoch).finished();
  const clock = page.locator('.time-left');
  await expect(clock).toHaveText(/Time left (30:00|2\d:\d\d)/);
  // The page cannot know before it has asked; and its earlier requests have been answered.
  gone = true;
  await expect.poll(() => underWay).toBe(0);
  await page.evaluate(() => fetch('/healthz').then((answer) => answer.text()));
  await page.evaluate(() => (window as never as { sleep(ms: number): void }).sleep(600_000));
  await expect(clock).toHaveText(/Time left (40:00|3\d:\d\d)/);
  gone = false;
  await expect(clock).toHaveText(/Time left (30:00|2\d:\d\d)/);
});

test('a paper that is extended during a sitting tells the candidate that the end was moved', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  // It closes before the time limit would be over.
  const address = await setPaper(setterPage, { title: 'Extended', code: 'EXTENDED1', closes: 0.25 });
  await signIn(page, STUDENTS.deliveryExtended);
  await start(page, 'EXTENDED1');
  await hydrated(page);
  const clock = page.locator('.time-left');
  await expect(clock).toHaveText(/Time left 1\d:\d\d/);
  await expect(page.locator('#told')).toHaveCount(0);
  await setterPage.goto(`${address}/change`);
  await setterPage.getByLabel('Closes').fill(local(5));
  await setterPage.getByLabel('Reason').first().fill('The lights went out');
  await setterPage.getByRole('button', { name: 'Extend the paper' }).click();
  await expect(page.getByRole('status').filter({ hasText: /^The end was moved: it is at \S+ now\. You have 2\d minutes left\.$/ })).toBeVisible();
  await expect(clock).toHaveText(/Time left 2\d:\d\d/);
  await setterPage.context().close();
});

test('Enter in a field turns the page and submits nothing, and a mouse wheel changes no number', async ({ page, browser }) => {
  const { setterPage, address, room } = await sit(page, browser, STUDENTS.deliveryEnter, 'ENTERKEY1', [['insulin-fixed-rate (Doses in units, difficulty 2)', 2]]);
  let submitted = 0;
  page.on('request', (request) => (submitted += Number(/submit_(sitting|answers)/.test(request.url()))));
  const rolled = async (on: Page, field: ReturnType<typeof box>) => {
    const before = await field.inputValue();
    await field.focus();
    await field.hover();
    for (const by of [200, -500, 300]) await on.mouse.wheel(0, by);
    await expect(field).toHaveValue(before);
  };
  for (const n of [1, 2]) {
    await question(page, n, 2);
    await box(page).fill(`${n}5`);
    await rolled(page, box(page));
    await box(page).press('Enter');
  }
  await expect(page.getByRole('button', { name: SUBMIT })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(room));
  await saved(page);
  await holds(room, [ANSWER('15'), ANSWER('25')]);
  expect(submitted).toBe(0);
  // The same for the number fields for running a paper.
  await open(setterPage, address);
  await setterPage.getByText('Add time for everybody').first().click();
  await setterPage.getByLabel('Minutes to add').fill('20');
  await rolled(setterPage, setterPage.getByLabel('Minutes to add'));
  await setterPage.context().close();
});
