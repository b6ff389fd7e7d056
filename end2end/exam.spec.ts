import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { endsIn, holds, paperCalled, shows, type Given } from './support/database';
import { SUBMIT, agrees, box, onward, question, saved, setPaper, setter, start, turnTo } from './support/exam';
import { tabTo } from './support/keyboard';
import { refusing } from './support/network';
import { asDrawn, heading, hydrated, noSidewaysScrolling, open } from './support/page';
import { STUDENTS, onAnotherDevice, signIn } from './support/people';
import { expect, test } from './support/test';

// P18, P19 and the exam room: no answer is lost, whatever happens to the network, the tab or the device.

/** The server's answers, as a newly opened room shows them. */
async function answersAfterReload(page: Page, count: number) {
  const answers: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    await open(page, `${new URL(page.url()).pathname}?question=${n}`);
    answers.push(await box(page).inputValue());
  }
  return answers;
}

async function fill(page: Page, text: string) {
  await agrees(page);
  await box(page).fill(text);
  // The questions are random: some also need a chosen unit.
  const unit = page.getByLabel('Unit', { exact: true });
  if ((await unit.count()) > 0 && !/[a-z]/i.test(text)) {
    await unit.selectOption({ index: 1 });
  }
}

test('a paper is set, sat through a cut network and a closed tab, swept, and reviewed afterwards', async ({ page, context, browser }) => {
  const setterPage = await setter(browser);
  const address = await setPaper(setterPage, { title: 'Cut and swept', code: 'SWEPT1', emails: [STUDENTS.examSwept] });
  await signIn(page, STUDENTS.examSwept);
  await page.goto('/assessments');
  await page.getByRole('link', { name: 'Cut and swept' }).click();
  await page.getByRole('button', { name: 'Start now' }).click();
  await hydrated(page);
  await question(page, 1, 3);
  await fill(page, '11');
  await saved(page);

  // The network fails. Answers stay on the page, and are marked as not saved.
  await context.setOffline(true);
  await onward(page).click();
  await question(page, 2, 3);
  await fill(page, '22');
  await expect(page.locator('.saved-line')).toHaveText('Not saved yet: keep going, we will send it');
  // The tab is closed with the answer unsent; the network comes back; the paper is opened again on the same device.
  const room = page.url();
  await page.close();
  await context.setOffline(false);
  const again = await context.newPage();
  await open(again, room);
  // Either the closing tab or the new one has sent it: nothing is left to send.
  await expect.poll(() => again.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('room:')).length)).toBe(0);
  expect(await answersAfterReload(again, 2)).toEqual(['11', '22']);

  // The setter sees the candidate's progress; then the candidate does not submit.
  await setterPage.goto(address);
  await expect(setterPage.getByRole('row').filter({ hasText: STUDENTS.examSwept })).toContainText('2 of 3');
  await again.close();
  // The paper's half hour is not waited for.
  endsIn(new URL(room).pathname, 0);
  await expect
    .poll(
      async () => {
        await setterPage.goto(`${address}/results`);
        return setterPage.getByRole('row').filter({ hasText: STUDENTS.examSwept }).count();
      },
      { timeout: 90_000, intervals: [2_000] },
    )
    .toBe(1);
  await expect(setterPage.getByRole('row').filter({ hasText: STUDENTS.examSwept })).toContainText('Time was up');

  const after = await context.newPage();
  await after.goto('/assessments');
  await after.locator('a[href$="/result"]').filter({ hasText: 'Cut and swept' }).click();
  await expect(after.getByText(/of 3/).first()).toBeVisible();
  await expect(after.getByText('22').first()).toBeVisible();
  await setterPage.goto(`${address}/items`);
  await expect(heading(setterPage, /Item analysis/)).toBeVisible();
  // A question is taken out. A job marks everybody again, and the page says when it has.
  await hydrated(setterPage);
  await setterPage.getByText('Correct this question').first().click();
  const correction = setterPage.locator('details.correction').first();
  await correction.getByLabel('Take the question out: everybody gets its marks').check();
  await correction.getByLabel('Reason').fill('Two answers are right');
  await correction.getByLabel(/^Everybody is marked again/).check();
  await correction.getByRole('button', { name: 'Correct it and mark everybody again' }).click();
  await expect(setterPage.getByRole('status').filter({ hasText: /everybody has been marked again/i }).first()).toBeVisible();
  await expect(setterPage.locator('#question-1').getByText('Taken out', { exact: true })).toBeVisible();
  for (const [width, height] of [[1280, 900], [320, 640]] as const) {
    for (const looked of [after, setterPage]) {
      await looked.setViewportSize({ width, height });
      await noSidewaysScrolling(looked);
    }
  }
  const file = await setterPage.request.get(`${address}/results.csv`);
  expect(await file.text()).toContain(STUDENTS.examSwept);
  await setterPage.context().close();
});

test('the older of two windows is told, and loses nothing', async ({ page, context, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Two windows', code: 'WINDOWS1', questions: [['heparin-volume (Doses in units, difficulty 1)', 3]] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.examWindows);
  const room = await start(page, 'WINDOWS1');
  await hydrated(page);
  await fill(page, '1 mL');
  await saved(page);
  // Only the older window has no network: it hears of the newer one only after it has answered.
  const network = await context.newCDPSession(page);
  const cut = (offline: boolean) => network.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await cut(true);
  const newer = await context.newPage();
  await open(newer, `${room}?question=1`);
  await question(newer, 1, 3);
  await fill(newer, '5 mL');
  await saved(newer);
  await turnTo(page, 2, 3);
  await fill(page, '2 mL');
  await turnTo(page, 1, 3);
  await fill(page, '3 mL');
  await expect(page.locator('.saved-line')).toHaveText('Not saved yet: keep going, we will send it');
  await cut(false);
  await expect(page.getByText('You opened this paper again in a newer window.')).toBeVisible();
  await expect(page.locator('.saved-line')).toHaveText(/^Saved \d.*, but for what the newer window answered$/);
  // If both answered a question the newer window's answer counts; answers from the older one alone are kept.
  const number = (typed: string): Given => ({ response: { number: { typed, unit: '' } }, flagged: false });
  const given = [number('5 mL'), number('2 mL'), { response: null, flagged: false }];
  await holds(room, given);
  for (const n of [2, 1]) {
    await turnTo(newer, n, 3);
    await shows(newer, given[n - 1]);
  }
  // And the older one, loaded again.
  for (const n of [1, 2, 3]) {
    await open(page, `${room}?question=${n}`);
    await question(page, n, 3);
    await shows(page, given[n - 1]);
  }
  await holds(room, given);
});

test('a call that never returns is not awaited, and unsent answers survive a reload', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Hanging call', code: 'HANGING1' });
  await setterPage.context().close();
  await signIn(page, STUDENTS.examHanging);
  const room = await start(page, 'HANGING1');
  await hydrated(page);
  // The first call hangs as on a dead network: neither answered nor refused.
  let calls = 0;
  await page.route('**/api/assessment/save_answers', (route) => ((calls += 1) === 1 ? undefined : route.continue()));
  await fill(page, '42');
  await saved(page);
  expect(calls).toBeGreaterThan(1);
  const letThrough = await refusing(page, 'assessment/save_answers');
  await fill(page, '43');
  await expect(page.locator('.saved-line')).toHaveText('Not saved yet: keep going, we will send it');
  await open(page, `${room}?question=1`);
  await expect(box(page)).toHaveValue('43');
  await expect(page.locator('.saved-line')).toHaveText('Not saved yet: keep going, we will send it');
  // The server has the answer of before.
  const none: Given = { response: null, flagged: false };
  await holds(room, [{ response: { number: { typed: '42', unit: expect.any(String) } }, flagged: false }, none, none]);
  await letThrough();
  await saved(page);
  await page.reload();
  await expect(box(page)).toHaveValue('43');
});

test('a room whose time is up retries less and less often while it cannot submit, and says when the candidate is signed out', async ({ page, context, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Time is up', code: 'TIMEISUP1' });
  await setterPage.context().close();
  await signIn(page, STUDENTS.examOver);
  const room = await start(page, 'TIMEISUP1');
  await hydrated(page);
  await fill(page, '7');
  await saved(page);
  let calls = 0;
  await page.route('**/api/assessment/submit_answers', (route) => {
    calls += 1;
    return route.abort();
  });
  endsIn(room, 6);
  await expect(page.getByText('The time is up. We are submitting your answers')).toBeVisible();
  await expect.poll(() => calls).toBeGreaterThan(0);
  const first = calls;
  await page.waitForTimeout(6_000);
  // After two to three seconds, and after four to six more.
  expect(calls - first).toBeGreaterThan(0);
  expect(calls - first).toBeLessThan(4);
  await context.clearCookies();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await expect(page.getByText('The time is up, and you have been signed out.')).toBeVisible();
  const link = page.getByRole('link', { name: 'Sign in again in another tab' });
  const [other] = await Promise.all([context.waitForEvent('page'), link.click()]);
  await signIn(other, STUDENTS.examOver);
  await expect(page).toHaveURL(/\/receipt$/, { timeout: 90_000 });
  await expect(page.getByText('1 of 3 questions')).toBeVisible();
});

test('a candidate who joins the live table does not move the focus', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const address = await setPaper(setterPage, { title: 'Live table', code: 'LIVETABLE1' });
  await signIn(page, STUDENTS.examLater);
  await start(page, 'LIVETABLE1');
  await open(setterPage, address);
  const rows = setterPage.locator('table.candidates tbody tr');
  await expect(rows).toHaveCount(1);
  const link = rows.filter({ hasText: STUDENTS.examLater }).getByRole('link');
  await link.focus();
  const node = await link.elementHandle();
  // A candidate whose name comes first starts: a row is added above, and the focus stays with its candidate, in the
  // same element.
  const { context, page: other } = await onAnotherDevice(browser, STUDENTS.examFirst, '/assessments');
  await start(other, 'LIVETABLE1');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(STUDENTS.examFirst);
  await expect(link).toBeFocused();
  expect(await link.evaluate((now, before) => now === before, node)).toBe(true);
  await context.close();
  await setterPage.context().close();
});

test('added time comes to the screen at once, and a changed clock changes nothing', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const address = await setPaper(setterPage, { title: 'More time', code: 'MORETIME1', minutes: 10, calculator: true });
  // The device's clock is an hour ahead.
  await page.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
  });
  await signIn(page, STUDENTS.examTime);
  await start(page, 'MORETIME1');
  await hydrated(page);
  const left = page.locator('.time-left');
  await expect(left).toHaveText(/Time left (10:00|[1-9]:\d\d)/);
  await page.getByRole('button', { name: 'Hide the time' }).click();
  await expect(left).toBeHidden();
  await page.getByRole('button', { name: 'Show the time' }).click();
  await setterPage.goto(address);
  await setterPage.getByText('Add time for everybody').first().click();
  await expect(setterPage.getByLabel('Minutes to add')).toHaveValue('');
  await setterPage.getByLabel('Minutes to add').fill('20');
  await setterPage.getByRole('button', { name: 'Add time for everybody' }).click();
  // Sooner than the page would poll.
  await expect(left).toHaveText(/Time left (30:00|2\d:\d\d)/, { timeout: 8_000 });
  // And it is announced, once.
  await expect(page.getByRole('status').filter({ hasText: /^20 minutes were added\. You have (29|30) minutes left\.$/ })).toBeVisible();
  await expect(page.getByText('minutes were added')).toHaveCount(1);

  // The calculator belongs to the page, and is open beside the question where there is room.
  for (const key of ['1', 'divided by', '8', 'equals']) await page.getByRole('button', { name: key, exact: true }).click();
  await expect(page.locator('.pad .display')).toHaveText('0.125');
  await setterPage.context().close();
});

test('an ambiguous answer is reported at once, kept, and listed in the review', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Two meanings', code: 'MEANING1' });
  await signIn(page, STUDENTS.examMeaning);
  const room = await start(page, 'MEANING1');
  await hydrated(page);
  const problem = page.locator('#answer-problem');
  await fill(page, '2,5');
  await expect(problem).toContainText('Use a full stop for the decimal point');
  await saved(page);
  // A flag changes neither the answer nor its problem.
  await open(page, room);
  await expect(problem).toBeVisible();
  await page.getByLabel('Flag this question').check();
  await saved(page);
  await expect(problem).toBeVisible();
  await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: 'Review' }).click();
  await expect(page.getByText('2 questions are not answered yet. 1 answer cannot be read.')).toBeVisible();
  await expect(page.locator('.review > li').first()).toContainText('Cannot be read');
  await expect(page.locator('.review > li').first()).toContainText('Flagged');
  await expect(page.locator('.review > li').first()).toContainText('Use a full stop');
  await setterPage.context().close();
});

test('the exam by keyboard alone', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'By keyboard', code: 'KEYBOARD1', questions: [['Doses in units', 2]] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.examKeyboard);
  await open(page, '/assessments');
  await tabTo(page, page.getByLabel('Access code'));
  await page.keyboard.type('KEYBOARD1');
  await page.keyboard.press('Enter');
  await expect(heading(page, 'By keyboard')).toBeVisible();
  await tabTo(page, page.getByRole('button', { name: 'Start now' }));
  await page.keyboard.press('Enter');
  await hydrated(page);
  for (const n of [1, 2]) {
    await question(page, n, 2);
    await hydrated(page);
    if (n > 1) await expect(page.locator('#question-heading')).toBeFocused();
    await tabTo(page, box(page));
    await page.keyboard.type(`${n}0 mg`);
    // Enter goes on, and the focus follows.
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeFocused();
  await tabTo(page, page.getByRole('button', { name: SUBMIT }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/receipt$/);
  await expect(page.getByText(/[0-9a-f]{64}/).first()).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

  test('the exam works as a form that saves and goes on, to the end', async ({ page, browser }) => {
    const setterPage = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await signIn(setterPage, 'setter@demo.example');
    await setPaper(setterPage, { title: 'No scripts', code: 'PLAIN1' });
    await setterPage.context().close();
    await signIn(page, STUDENTS.examPlain);
    const room = await start(page, 'PLAIN1');
    await question(page, 1, 3);
    // Locators find nothing in a `noscript`.
    expect(await page.content()).toContain('Without scripts this page has no calculator.');
    await noSidewaysScrolling(page);
    // An ambiguous answer is shown again once, with the typed text.
    await fill(page, '1,5');
    await onward(page).click();
    await question(page, 1, 3);
    await expect(page.locator('#answer-problem')).toBeVisible();
    await expect(box(page)).toHaveValue('1,5');
    await fill(page, '1.5');
    await onward(page).click();
    await question(page, 2, 3);
    await fill(page, '7');
    await page.getByLabel('Flag this question').check();
    await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: /^Question 1/ }).click();
    await question(page, 1, 3);
    await expect(box(page)).toHaveValue('1.5');
    await page.goto(`${room}?question=review`);
    await expect(page.getByText('1 question is not answered yet.')).toBeVisible();
    await expect(page.locator('.review > li').nth(1)).toContainText('Flagged');
    await page.getByRole('button', { name: SUBMIT }).click();
    await expect(page).toHaveURL(/receipt$/);
    await noSidewaysScrolling(page);
    await page.goto(`${room}/result`);
    await expect(page.getByText('1.5').first()).toBeVisible();
  });

  test('an order is changed by buttons, and only a changed order is an answer', async ({ page, browser }) => {
    const setterPage = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await signIn(setterPage, 'setter@demo.example');
    const template = 'how-often-in-order (Abbreviations and safe writing, difficulty 1)';
    await setPaper(setterPage, { title: 'An order', code: 'ORDER1', questions: [[template, 1]] });
    await setterPage.context().close();
    await signIn(page, STUDENTS.examOrder);
    const room = await start(page, 'ORDER1');
    await question(page, 1, 1);
    const items = page.locator('.ordering > li');
    const before = await items.allInnerTexts();
    await onward(page).click();
    await expect(page.getByText('1 question is not answered yet.')).toBeVisible();
    await page.goto(room);
    await question(page, 1, 1);
    expect(await items.allInnerTexts()).toEqual(before);
    await items.first().getByRole('button', { name: 'Down' }).click();
    const words = (texts: string[]) => texts.map((text) => text.replace(/\s*(Up|Down)\s*/g, ''));
    const [first, second, ...rest] = words(before);
    await expect.poll(async () => words(await items.allInnerTexts())).toEqual([second, first, ...rest]);
    await noSidewaysScrolling(page);
    await onward(page).click();
    await expect(page.getByText('You have answered every question.')).toBeVisible();
    await page.getByRole('button', { name: SUBMIT }).click();
    await expect(page).toHaveURL(/receipt$/);
    await page.goto(`${room}/result`);
    await expect(page.locator('.summary-list .line').first()).toHaveText(second);
  });
});

test('an answer from a refused form is shown again, and sent as soon as there are scripts', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Came back', code: 'CAMEBACK1' });
  await setterPage.context().close();
  await signIn(page, STUDENTS.examBack);
  const room = await start(page, 'CAMEBACK1');
  await hydrated(page);
  const item = await page.locator('input[name=item]').getAttribute('value');
  await page.goto('/assessments');
  // The browser sends the form itself, before there are scripts, and for a missing sitting.
  const form = { sitting: crypto.randomUUID(), item, place: '1', kind: 'number', typed: '12.5', unit: '', flagged: 'true', go: '2', from: `${room}?question=1` };
  const answered = page.waitForResponse((answer) => answer.url().endsWith('/save_and_go'));
  await page.evaluate((fields) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '/api/assessment/save_and_go' });
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    }
    document.body.append(form);
    form.submit();
  }, form);
  expect((await answered).status()).toBe(404);
  await hydrated(page);
  // The bar has the page's own address, not the form's.
  await expect(page).toHaveURL(`${room}?question=1`);
  await expect(page.getByText('That did not reach us')).toBeVisible();
  await expect(box(page)).toHaveValue('12.5');
  await saved(page);
  await open(page, room);
  await expect(page.getByText('That did not reach us')).toBeHidden();
  await expect(box(page)).toHaveValue('12.5');
  await expect(page.getByLabel('Flag this question')).toBeChecked();
});

test('another device goes on where the first one stopped, and rest breaks stop the clock', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Two devices', code: 'DEVICES1', emails: [STUDENTS.examDevices] });
  await setterPage.goto('/assessments/papers');
  await setterPage.getByRole('link', { name: /Extra time and rest breaks/ }).first().click();
  await asDrawn(setterPage);
  await expect(setterPage.getByLabel('E-mail address', { exact: true })).toHaveValue('');
  await setterPage.getByLabel('E-mail address', { exact: true }).fill(STUDENTS.examDevices);
  await setterPage.getByLabel('Extra time in % of the time limit').fill('50');
  await setterPage.getByLabel('Rest breaks in minutes').fill('10');
  await setterPage.getByLabel('Rest breaks in minutes').press('Enter');
  await expect(setterPage.getByRole('row').filter({ hasText: STUDENTS.examDevices })).toContainText('50');
  await expect(setterPage.getByLabel('E-mail address', { exact: true })).toHaveValue('');
  await expect(setterPage.getByLabel('Extra time in % of the time limit')).toHaveValue('');
  await setterPage.context().close();
  await signIn(page, STUDENTS.examDevices);
  const room = await start(page, 'DEVICES1');
  await hydrated(page);
  await expect(page.locator('.time-left')).toHaveText(/Time left (45:00|4[0-4]:\d\d)/);
  await fill(page, '3');
  await saved(page);
  const { context, page: other } = await onAnotherDevice(browser, STUDENTS.examDevices, room);
  await expect(box(other)).toHaveValue('3');
  await turnTo(other, 2, 3);
  // Without a network the room stays, and says so: otherwise the browser would replace it with an error page.
  const unreached = other.getByText('We cannot reach the server, so the clock is as it was.');
  const withoutNetwork = async (press: string) => {
    await context.setOffline(true);
    await other.getByRole('button', { name: press }).click();
    await expect(unreached).toBeFocused();
    await context.setOffline(false);
  };
  await withoutNetwork('Take a rest break');
  await question(other, 2, 3);
  await other.getByRole('button', { name: 'Take a rest break' }).click();
  await expect(other.getByRole('heading', { name: 'You are taking a break' })).toBeVisible();
  // The questions cannot be read while the clock is stopped, not even in the page's source.
  await expect(other.locator('.question-form')).toHaveCount(0);
  expect(await other.content()).not.toContain('wording');
  await hydrated(other);
  await accessible(other, 'a rest break');
  await withoutNetwork('Go on with the paper');
  await other.getByRole('button', { name: 'Go on with the paper' }).click();
  // The question where the candidate was.
  await question(other, 2, 3);
  await context.close();
});

test('a candidate who passed has a certificate, and any visitor can check it', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setterPage.goto(`/assessments/papers/${paperCalled('Numeracy check, autumn (demo)')}/results?show=passed`);
  const row = setterPage.getByRole('row').filter({ hasText: '@demo.example' }).first();
  const [email] = /student\d+@demo\.example/.exec(await row.innerText())!;
  await setterPage.context().close();
  await signIn(page, email);
  await page.goto('/assessments');
  await page.locator('a[href$="/result"]').filter({ hasText: 'Numeracy check, autumn (demo)' }).click();
  const link = page.getByRole('link', { name: /certificate/i }).first();
  const file = await page.request.get((await link.getAttribute('href'))!);
  expect(file.headers()['content-type']).toBe('application/pdf');
  expect((await file.body()).subarray(0, 5).toString()).toBe('%PDF-');
  const [code] = /[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}/.exec(await page.getByRole('main').innerText())!;

  // A reader of the certificate, without an account.
  const anybody = await (await browser.newContext()).newPage();
  await anybody.goto(`/verify/${code.toLowerCase()}`);
  await expect(anybody.getByText('Numeracy check, autumn (demo)')).toBeVisible();
  await expect(anybody.getByText('Examination', { exact: true })).toBeVisible();
  await expect(anybody.getByRole('main')).not.toContainText(email);
  await accessible(anybody, 'a certificate that is valid');
  await anybody.context().close();
});
