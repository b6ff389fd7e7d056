import type { Page } from '@playwright/test';
import { holds, paperCalled, shows, stored, type Given, type Response } from './support/database';
import { SUBMIT, agrees, box, draftPaper, onward, question, saved, setPaper, setter, start, turnTo } from './support/exam';
import { asDrawn, hydrated, open } from './support/page';
import { COHORT, STUDENTS, TUTOR, onAnotherDevice, signIn } from './support/people';
import { expect, test } from './support/test';

// The shown answers are the marked ones: each question shows its own answer and no other, whatever happened before and
// however the candidate reached it; and the page shows for each question what the database holds.

// Two of each kind, one after the other, with the same shape, so that only the question distinguishes them.
const KINDS: [string, number][] = [
  ['heparin-volume (Doses in units, difficulty 1)', 2],
  ['insulin-fixed-rate (Doses in units, difficulty 2)', 2],
  ['latin-for-how-often (Abbreviations and safe writing, difficulty 1)', 2],
  ['safe-as-they-stand (Abbreviations and safe writing, difficulty 1)', 1],
  ['abbreviations-to-avoid (Abbreviations and safe writing, difficulty 2)', 1],
  ['rewrite-the-dose (Abbreviations and safe writing, difficulty 2)', 2],
  ['how-often-in-order (Abbreviations and safe writing, difficulty 1)', 1],
  ['leaflet-eye-drops-in-order (Understanding a clinical text, difficulty 1)', 1],
];
const OF = 12;
const NOTHING: Given = { response: null, flagged: false };

const FLAG = 'Flag this question';

/** Answers with the control at the same place every time; returns the answer as it should be stored. */
async function give(page: Page, n: number): Promise<Response> {
  const choices = page.locator('.answer .choice input');
  const value = (at: number) => choices.nth(at).getAttribute('value') as Promise<string>;
  switch (Math.ceil(n / 2)) {
    case 1:
      await box(page).fill(`${n}.5 mL`);
      return { number: { typed: `${n}.5 mL`, unit: '' } };
    case 2: {
      await box(page).fill(`${n}`);
      const unit = page.getByLabel('Unit', { exact: true });
      const chosen = (await unit.locator('option').nth(2).getAttribute('value'))!;
      await unit.selectOption(chosen);
      return { number: { typed: `${n}`, unit: chosen } };
    }
    case 3:
      await choices.nth(1).check();
      return { chosen: [await value(1)] };
    case 4:
      await choices.nth(0).check();
      await choices.nth(2).check();
      return { chosen: [await value(0), await value(2)].sort() };
    case 5:
      await box(page).fill(`text ${n}`);
      return { text: `text ${n}` };
    default: {
      const items = page.locator('.ordering input[name="chosen[]"]');
      const order = await items.evaluateAll((all) => all.map((item) => (item as HTMLInputElement).value));
      await page.locator('.ordering').getByRole('button', { name: 'Down' }).first().click();
      const [first, second, ...rest] = order;
      return { ordered: [second, first, ...rest] };
    }
  }
}

/** Whether no element of the question's form was in an earlier question's. From here on it counts as earlier. */
function isNew(page: Page): Promise<boolean> {
  return page.locator('form.question-form').evaluate((form) => {
    const all = [form, ...form.querySelectorAll('*')];
    const known = all.some((element) => 'stoodHere' in element);
    for (const element of all) Object.assign(element, { stoodHere: true });
    return !known;
  });
}

test('each question of every kind shows its own answer and no other, forward, back, by the panel, after a reload and in another window', async ({ page, context, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Every kind', code: 'EVERYKIND1', minutes: 120, questions: KINDS });
  await setterPage.context().close();
  await signIn(page, STUDENTS.roomKinds);
  const room = await start(page, 'EVERYKIND1');
  await open(page, room);
  const given: Given[] = Array.from({ length: OF }, () => NOTHING);

  // Forward. The first of each two is answered, and flagged; then the second, untouched, replaces it.
  for (let n = 1; n <= OF; n += 1) {
    await question(page, n, OF);
    await shows(page, NOTHING);
    expect(await isNew(page), `question ${n} has controls of its own`).toBe(true);
    if (n % 2 === 1) {
      given[n - 1] = { response: await give(page, n), flagged: true };
      await page.getByLabel(FLAG).check();
      await agrees(page);
    }
    await onward(page).click();
  }
  await expect(page.getByText('6 questions are not answered yet.')).toBeVisible();
  await saved(page);
  await holds(room, given);

  // Back, from the last.
  await page.locator('.review').getByRole('link', { name: `Question ${OF}`, exact: true }).click();
  for (let n = OF; n >= 1; n -= 1) {
    await question(page, n, OF);
    await shows(page, given[n - 1]);
    if (n > 1) await page.locator('.actions').getByRole('button', { name: 'Back' }).click();
  }

  // By the panel: from an answered question to an unanswered one of the same shape, which is then answered with the
  // same control.
  for (let n = 2; n <= OF; n += 2) {
    await turnTo(page, n - 1, OF);
    await shows(page, given[n - 2]);
    await turnTo(page, n, OF);
    await shows(page, NOTHING);
    given[n - 1] = { response: await give(page, n), flagged: false };
    await agrees(page);
    await turnTo(page, n - 1, OF);
    await shows(page, given[n - 2]);
  }
  // The cleared answer is gone, and the next is not.
  await turnTo(page, 1, OF);
  await box(page).fill('');
  await page.getByLabel(FLAG).uncheck();
  given[0] = NOTHING;
  await turnTo(page, 2, OF);
  await shows(page, given[1]);
  await turnTo(page, 8, OF);
  await page.locator('.answer .choice input').nth(0).uncheck();
  await page.locator('.answer .choice input').nth(2).uncheck();
  given[7] = NOTHING;
  await turnTo(page, 7, OF);
  await saved(page);
  await holds(room, given);

  // After a reload, which always begins at the question of the address, whatever was on the screen before.
  for (let n = 1; n <= OF; n += 1) {
    await open(page, `${room}?question=${n}`);
    await question(page, n, OF);
    await shows(page, given[n - 1]);
    await turnTo(page, n === OF ? 1 : n + 1, OF);
    await page.reload();
    await hydrated(page);
    await question(page, n, OF);
    await shows(page, given[n - 1]);
    // The same by "back", from a page in between.
    if (n % 4 === 1) {
      await turnTo(page, n + 1, OF);
      await open(page, '/assessments');
      await page.goBack();
      await question(page, n, OF);
      await shows(page, given[n - 1]);
    }
  }

  // Another window of the same browser changes two of them.
  const newer = await context.newPage();
  await open(newer, `${room}?question=1`);
  await question(newer, 1, OF);
  given[0] = { response: await give(newer, 1), flagged: false };
  await turnTo(newer, 8, OF);
  given[7] = { response: await give(newer, 8), flagged: false };
  await saved(newer);
  await expect(page.getByText('You opened this paper again in a newer window.')).toBeVisible();
  for (let n = 1; n <= OF; n += 1) {
    await turnTo(newer, n, OF);
    await shows(newer, given[n - 1]);
  }
  await holds(room, given);
  // And the older one, reloaded.
  await open(page, `${room}?question=1`);
  for (let n = 1; n <= OF; n += 1) {
    await turnTo(page, n, OF);
    await shows(page, given[n - 1]);
  }
});

test('answers that another device could only send later appear where the paper was continued', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const questions: [string, number][] = [KINDS[0], ['latin-for-how-often (Abbreviations and safe writing, difficulty 1)', 2]];
  await setPaper(setterPage, { title: 'Sent later', code: 'SENTLATER1', questions });
  await setterPage.context().close();
  await signIn(page, STUDENTS.roomDevices);
  const room = await start(page, 'SENTLATER1');
  // The first device answers without a network.
  await open(page, room);
  await page.route('**/api/assessment/save_answers', (route) => route.abort());
  await box(page).fill('7,5 mL');
  await page.getByLabel(FLAG).check();
  await turnTo(page, 2, 4);
  await box(page).fill('8 mL');
  await turnTo(page, 3, 4);
  await page.locator('.answer .choice input').nth(1).check();
  const chosen = (await page.locator('.answer .choice input').nth(1).getAttribute('value'))!;
  await expect(page.locator('.saved-line')).toHaveText('Not saved yet: keep going, we will send it');

  const { context, page: phone } = await onAnotherDevice(browser, STUDENTS.roomDevices, `${room}?question=2`);
  await question(phone, 2, 4);
  await shows(phone, NOTHING);
  await box(phone).fill('9 mL');
  await saved(phone);
  await turnTo(phone, 3, 4);
  await shows(phone, NOTHING);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await saved(page);
  const given: Given[] = [
    { response: { number: { typed: '7,5 mL', unit: '' } }, flagged: true },
    { response: { number: { typed: '9 mL', unit: '' } }, flagged: false },
    { response: { chosen: [chosen] }, flagged: false },
    NOTHING,
  ];
  await holds(room, given);
  // It appears in the question on the screen, and in the others.
  await shows(phone, given[2]);
  for (const n of [1, 2, 4, 3]) {
    await turnTo(phone, n, 4);
    await shows(phone, given[n - 1]);
    if (n === 1) await expect(phone.locator('#answer-problem')).toContainText('Use a full stop');
  }
  // From here on this device can change it.
  await phone.locator('.answer .choice input').nth(0).check();
  given[2] = { response: { chosen: [(await phone.locator('.answer .choice input').nth(0).getAttribute('value'))!] }, flagged: false };
  await saved(phone);
  await holds(room, given);
  await context.close();
});

test('an older window still sends its unsent answers when it hears of a newer one', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Not sent yet', code: 'NOTSENT1', questions: [KINDS[0]] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.roomOlder);
  const room = await start(page, 'NOTSENT1');
  await open(page, room);
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/assessment/save_answers', async (route) => {
    await held;
    await route.continue();
  });
  // The first answer is on its way, and the second waits for it.
  const call = page.waitForRequest('**/api/assessment/save_answers');
  await box(page).fill('1 mL');
  await call;
  await turnTo(page, 2, 2);
  await box(page).fill('2 mL');
  // Nothing on the page shows when the second one would have been sent.
  await page.waitForTimeout(1_500);
  const newer = await page.request.post('/api/assessment/begin_epoch', { headers: { 'sec-fetch-site': 'same-origin' }, form: { sitting: room.split('/').pop()! } });
  expect(newer.status()).toBe(200);
  answer();
  await expect(page.getByText('You opened this paper again in a newer window.')).toBeVisible();
  await saved(page);
  const number = (typed: string): Given => ({ response: { number: { typed, unit: '' } }, flagged: false });
  await holds(room, [number('1 mL'), number('2 mL')]);
});

test('answers given before the scripts load are kept, and stay as typed', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Early', code: 'EARLY1', questions: KINDS });
  await setterPage.context().close();
  await signIn(page, STUDENTS.roomEarly);
  const room = await start(page, 'EARLY1');
  const given: Given[] = Array.from({ length: OF }, () => NOTHING);
  // One of each kind of question that works without scripts.
  for (const n of [2, 4, 6, 8, 10]) {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    await page.route('**/*.wasm', async (route) => {
      await arrived;
      await route.continue();
    });
    await page.goto(`${room}?question=${n}`);
    await question(page, n, OF);
    given[n - 1] = { response: await give(page, n), flagged: n === 4 };
    if (n === 4) await page.getByLabel(FLAG).check();
    await shows(page, given[n - 1]);
    arrive();
    await expect(page.locator('html[data-hydrated]')).toBeAttached();
    if (n === 10) {
      await expect(box(page)).toBeFocused();
      await page.keyboard.type(' and more');
      given[n - 1] = { response: { text: 'text 10 and more' }, flagged: false };
    }
    await saved(page);
    await shows(page, given[n - 1]);
    await agrees(page);
    await holds(room, given);
    // Processed like any later answer.
    await turnTo(page, 1, OF);
    await shows(page, NOTHING);
    await turnTo(page, n, OF);
    await shows(page, given[n - 1]);
    await page.unrouteAll({ behavior: 'wait' });
  }
  // Opening a question changes nothing.
  const before = stored(room);
  for (let n = 1; n <= OF; n += 1) {
    await open(page, `${room}?question=${n}`);
    await expect(page.locator('.saved-line')).toHaveText('Your answers are saved as you go');
  }
  expect(stored(room)).toEqual(before);
});

test('a note that is being written while the candidate submits stays, and no typed text moves to another field', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const address = await setPaper(setterPage, { title: 'A note', code: 'ANOTE1', questions: [['Doses in units', 1]] });
  await signIn(page, STUDENTS.roomNote);
  const room = await start(page, 'ANOTE1');
  await open(setterPage, `${address}/sittings/${room.split('/').pop()}`);
  await setterPage.getByLabel('Minutes to add').fill('17');
  const note = setterPage.getByLabel('Note an incident');
  await note.pressSequentially('The lights went out');
  await open(page, `${room}?question=review`);
  await page.getByRole('button', { name: SUBMIT }).click();
  await expect(page).toHaveURL(/receipt$/);
  await expect(setterPage.getByText('Open this sitting again')).toBeVisible();
  await expect(note).toBeFocused();
  await setterPage.keyboard.type(' at ten.');
  await expect(note).toHaveValue('The lights went out at ten.');
  await setterPage.getByText('Open this sitting again').click();
  await expect(setterPage.getByLabel('Minutes to add')).toHaveValue('');
  await setterPage.context().close();
});

test('a form and a filter show the current state, not earlier input', async ({ browser }) => {
  const setterPage = await setter(browser);
  // By its address, so that papers set by other tests do not matter.
  const results = `/assessments/papers/${paperCalled('Numeracy check, autumn (demo)')}/results`;
  await open(setterPage, results);
  const rows = setterPage.getByRole('main').locator('table.result-list tbody tr');
  const all = await rows.count();
  await setterPage.getByLabel('Name or e-mail address').fill('nobody');
  await setterPage.getByLabel('Show', { exact: true }).selectOption('Not passed');
  await setterPage.getByRole('button', { name: 'Search' }).click();
  await expect(rows).toHaveCount(0);
  await expect(setterPage.getByLabel('Show', { exact: true })).toHaveValue('failed');
  await setterPage.goBack();
  await expect(rows).toHaveCount(all);
  await asDrawn(setterPage);
  await expect(setterPage.getByLabel('Name or e-mail address')).toHaveValue('');
  await expect(setterPage.getByLabel('Show', { exact: true })).toHaveValue('all');

  // The same when a tutor searches for a student.
  const tutor = await (await browser.newContext()).newPage();
  await signIn(tutor, TUTOR);
  await open(tutor, '/cohorts');
  await tutor.getByRole('link', { name: COHORT }).click();
  const students = tutor.getByRole('main').locator('table.students tbody tr');
  await expect(students).not.toHaveCount(0);
  const everybody = await students.count();
  await tutor.getByLabel('Name or e-mail address').fill('nobody of this name');
  await tutor.getByRole('button', { name: 'Search' }).click();
  await expect(students).toHaveCount(0);
  await expect(tutor.getByLabel('Name or e-mail address')).toHaveValue('nobody of this name');
  await tutor.goBack();
  await expect(students).toHaveCount(everybody);
  await asDrawn(tutor);
  await expect(tutor.getByLabel('Name or e-mail address')).toHaveValue('');
  await tutor.context().close();

  // Unsaved changes of settings are gone after a reload and after "back".
  const address = await draftPaper(setterPage, { title: 'Not saved', code: 'NOTSAVED1' });
  await open(setterPage, `${address}/settings`);
  for (const again of [() => setterPage.reload(), () => setterPage.goto(address).then(() => setterPage.goBack())]) {
    await setterPage.getByLabel('Calculator on the screen').check();
    await setterPage.getByLabel('Examination').check();
    await setterPage.getByLabel('Instructions (optional)').fill('Never saved');
    await again();
    await asDrawn(setterPage);
    await expect(setterPage.getByLabel('Calculator on the screen')).not.toBeChecked();
    await expect(setterPage.getByLabel('Mock paper')).toBeChecked();
    await expect(setterPage.getByLabel('Instructions (optional)')).toHaveValue('');
  }
  await setterPage.context().close();
});

test('a choice is cleared by keyboard, and the cleared answer counts', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Taken back', code: 'CLEARS1', questions: [KINDS[2], KINDS[3]] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.roomClears);
  const room = await start(page, 'CLEARS1');
  await open(page, room);
  await question(page, 1, 3);
  const choices = page.locator('.answer .choice input');
  const chosen = async (n: number): Promise<Given> => ({
    response: { chosen: [(await choices.nth(n).getAttribute('value'))!] },
    flagged: false,
  });
  const clear = page.getByRole('button', { name: 'Clear my answer' });

  await choices.nth(1).check();
  await saved(page);
  await holds(room, [await chosen(1), NOTHING, NOTHING]);
  await clear.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.answer').getByRole('status')).toHaveText('Your answer is cleared.');
  await expect(clear).toBeFocused();
  await shows(page, NOTHING);
  await agrees(page);
  await saved(page);
  await holds(room, [NOTHING, NOTHING, NOTHING]);
  // Neither Back nor another window restores it; a later choice is an answer again, even the same one.
  await turnTo(page, 2, 3);
  await turnTo(page, 1, 3);
  await shows(page, NOTHING);
  await page.reload();
  await question(page, 1, 3);
  await shows(page, NOTHING);
  await choices.nth(1).check();
  await expect(page.locator('.answer').getByRole('status')).toHaveText('');
  await saved(page);
  await holds(room, [await chosen(1), NOTHING, NOTHING]);
  await shows(page, await chosen(1));
  // For several options the boxes are unticked, and there is no such button.
  await turnTo(page, 3, 3);
  await expect(clear).toHaveCount(0);
});

test('a paper submitted without a network says so, and is sent with its last answer when there is one', async ({ page, context, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Cut off at the end', code: 'CUTOFF1', questions: [['Doses in units', 1]] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.roomCutOff);
  const room = await start(page, 'CUTOFF1');
  await open(page, room);
  await question(page, 1, 1);
  await box(page).fill('1 mL');
  await saved(page);
  await context.setOffline(true);
  await box(page).fill('2 mL');
  await onward(page).click();
  const submit = page.getByRole('button', { name: SUBMIT });
  await submit.click();
  await expect(page.getByText('Not submitted yet: we cannot reach the server.')).toBeVisible();
  await expect(submit).toBeEnabled();
  await context.setOffline(false);
  await submit.click();
  await expect(page).toHaveURL(/receipt$/);
  await holds(room, [{ response: { number: { typed: '2 mL', unit: '' } }, flagged: false }]);
});
