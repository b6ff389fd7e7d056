import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { answer, asked, submit } from './support/check';
import { modules } from './support/content';
import { holds } from './support/database';
import { SUBMIT, box, onward, question, saved, setPaper, setter, start } from './support/exam';
import { tabTo } from './support/keyboard';
import { hasMail } from './support/mail';
import { heading, hydrated, noSidewaysScrolling, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// What a candidate sees before submitting, on the receipt and on the result; and the help with numbers in the room.

const LIQUID = 'oral-liquid-volume (Oral liquids, difficulty 1)';
const CHOICE = 'latin-for-how-often (Abbreviations and safe writing, difficulty 1)';
const BLACK = 'rgb(0, 0, 0)';

const first = (page: Page) => page.locator('.look-first').getByRole('listitem');
const strip = (page: Page) => page.getByRole('main').getByRole('navigation', { name: 'Questions' });

/** The sign before an element's word, and its colour. */
function signs(page: Page): Promise<[string, string][]> {
  return strip(page).getByRole('link').evaluateAll((links) =>
    links.map((link) => {
      const { content, color } = getComputedStyle(link, '::before');
      return [content, color] as [string, string];
    }),
  );
}

for (const [name, viewport, student] of [
  ['1280 px', { width: 1280, height: 900 }, STUDENTS.candidateWide],
  ['320 px', { width: 320, height: 640 }, STUDENTS.candidateNarrow],
] as const) {
  test(`${name}, by keyboard: what is missing comes first, the receipt can be read, and a result is seen at a glance`, async ({ page, browser }) => {
    const code = `SEEN${viewport.width}`;
    const setterPage = await setter(browser);
    await setPaper(setterPage, { title: `Seen at ${name}`, code, questions: [[LIQUID, 2], [CHOICE, 1]] });
    await setterPage.context().close();
    await page.setViewportSize(viewport);
    await signIn(page, student);
    const room = await start(page, code);
    await hydrated(page);
    await question(page, 1, 3);
    await tabTo(page, box(page));
    await page.keyboard.type('5 mL');
    await page.keyboard.press('Enter');
    await question(page, 2, 3);
    await tabTo(page, page.getByLabel('Flag this question'));
    await page.keyboard.press('Space');
    await tabTo(page, onward(page));
    await page.keyboard.press('Enter');
    await question(page, 3, 3);
    const choice = page.locator('.answer .choice').first();
    const words = (await choice.locator('label').innerText()).trim();
    await tabTo(page, choice.locator('input'));
    await page.keyboard.press('Space');
    await tabTo(page, onward(page));
    await page.keyboard.press('Enter');

    await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeFocused();
    await expect(first(page)).toHaveText(['Question 2, not answered, flagged']);
    const rows = page.locator('.review > li');
    await expect(rows.nth(0).locator('.given')).toHaveText('5 mL');
    await expect(rows.nth(1).locator('.given')).toHaveCount(0);
    await expect(rows.nth(2).locator('.given')).toHaveText(words);
    await expect(page.getByRole('button', { name: SUBMIT })).toHaveText('Submit 2 of 3 answers');
    await accessible(page, 'the review');

    // Words in the box for a number are no answer.
    await tabTo(page, first(page).getByRole('link', { name: 'Question 2' }));
    await page.keyboard.press('Enter');
    await question(page, 2, 3);
    await tabTo(page, box(page));
    await page.keyboard.type('abc');
    await expect(page.locator('#answer-problem')).toBeVisible();
    await tabTo(page, page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: 'Review' }));
    await page.keyboard.press('Enter');
    await expect(first(page)).toHaveText(['Question 2, cannot be read, flagged']);
    await expect(rows.nth(1)).toContainText('abc');
    await tabTo(page, page.getByRole('button', { name: 'Submit 2 of 3 answers' }));
    await page.keyboard.press('Enter');

    await expect(page).toHaveURL(/receipt$/);
    await expect(page.getByText('2 of 3 questions')).toBeVisible();
    await expect(page.locator('.fingerprint')).toHaveText(/^[0-9a-f]{64}$/);
    await expect(page.locator('.fingerprint span')).toHaveText(Array.from({ length: 16 }, () => /^[0-9a-f]{4}$/));
    await expect(page.getByRole('link', { name: 'Download your receipt (PDF)' })).toHaveAttribute('href', `${room}/receipt.pdf`);
    const file = await page.request.get(`${room}/receipt.pdf`);
    expect([file.status(), file.headers()['content-type'], (await file.body()).subarray(0, 5).toString()]).toEqual([200, 'application/pdf', '%PDF-']);
    await accessible(page, 'the receipt');
    const fingerprint = (await page.locator('.fingerprint').textContent())!;
    await expect.poll(() => hasMail(student, `The fingerprint of your answers is ${fingerprint}.`), { message: 'the receipt by mail' }).toBe(true);

    await hydrated(page);
    await tabTo(page, page.getByRole('link', { name: 'See your result' }));
    await page.keyboard.press('Enter');
    await expect(heading(page, 'Your result')).toBeVisible();
    const links = strip(page).getByRole('link');
    await expect(links).toHaveText([/^Question 1, (right|not right)$/, 'Question 2, not readable', /^Question 3, (right|not right)$/]);
    await expect(strip(page).getByText('1 not readable')).toBeVisible();
    // What the strip says of a question is what stands there.
    for (const [n, link] of (await links.all()).entries()) {
      const [, said] = (await link.innerText()).split(', ');
      await expect(page.locator('.results > li').nth(n).locator('.verdict')).toHaveText(new RegExp(`^${said.trim()}: `, 'i'));
    }
    await tabTo(page, links.nth(1));
    await page.keyboard.press('Enter');
    await expect(page.locator('#question-2')).toBeFocused();
    await expect(page.locator('#question-2')).toBeInViewport();
    await accessible(page, 'a result');

    // On paper the signs and the words stay, in black, and there is nothing to press.
    await page.emulateMedia({ media: 'print' });
    const printed = await signs(page);
    expect(printed.map(([, colour]) => colour)).toEqual([BLACK, BLACK, BLACK]);
    expect(printed.map(([sign]) => /[✓✗?]/.test(sign))).toEqual([true, true, true]);
    expect(printed[1][0]).not.toBe(printed[0][0]);
    await expect(page.getByRole('main').locator('form:visible, button:visible')).toHaveCount(0);
  });
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

  test('what is missing comes first with a link, and the button counts it', async ({ page, browser }) => {
    const setterPage = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await signIn(setterPage, 'setter@demo.example');
    await setPaper(setterPage, { title: 'Seen plainly', code: 'SEENPLAIN1', questions: [[LIQUID, 2]] });
    await setterPage.context().close();
    await signIn(page, STUDENTS.candidatePlain);
    const room = await start(page, 'SEENPLAIN1');
    await question(page, 1, 2);
    await box(page).fill('5 mL');
    await onward(page).click();
    await question(page, 2, 2);
    await onward(page).click();
    await expect(first(page)).toHaveText(['Question 2, not answered']);
    // The yellow of what needs care, and not the blue of other notices.
    await expect(page.locator('.look-first')).toHaveCSS('background-color', 'rgb(255, 246, 214)');
    await expect(page.locator('.review > li').first().locator('.given')).toHaveText('5 mL');
    await expect(page.getByRole('button', { name: SUBMIT })).toHaveText('Submit 1 of 2 answers');
    await noSidewaysScrolling(page);
    await first(page).getByRole('link').click();
    await question(page, 2, 2);
    await box(page).fill('6 mL');
    await onward(page).click();
    await expect(page.locator('.look-first')).toBeHidden();
    await expect(page.getByRole('button', { name: SUBMIT })).toHaveText('Submit my answers');
    // The list begins with the sitting whose clock runs.
    await page.goto('/assessments');
    await expect(page.getByRole('main').getByRole('link').first()).toHaveText(/^Continue, (2\d|30) minutes left$/);
    await noSidewaysScrolling(page);
    await page.goto(`${room}?question=review`);
    await page.getByRole('button', { name: SUBMIT }).click();
    await expect(page.locator('.fingerprint')).toHaveText(/^[0-9a-f]{64}$/);
    await page.getByRole('link', { name: 'See your result' }).click();
    await expect(strip(page).getByRole('link')).toHaveCount(2);
    await noSidewaysScrolling(page);
  });
});

test.describe('on a phone', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 320, height: 640 } });

  test('the header is one line without a menu, and a number gets its sign by a key', async ({ page, browser }) => {
    const setterPage = await setter(browser);
    await setPaper(setterPage, { title: 'On a phone', code: 'ONAPHONE1', questions: [['insulin-fixed-rate (Doses in units, difficulty 2)', 1]] });
    await setterPage.context().close();
    await signIn(page, STUDENTS.candidatePhone);
    const room = await start(page, 'ONAPHONE1');
    await open(page, room);
    await question(page, 1, 1);
    await expect(page.getByRole('navigation', { name: 'Site' }).getByRole('link')).toHaveCount(0);
    await expect(page.getByRole('banner').getByRole('button', { name: 'Sign out' })).toBeVisible();
    const header = (await page.getByRole('banner').boundingBox())!;
    expect(header.height).toBeLessThan(70);
    await noSidewaysScrolling(page);
    await expect(box(page)).toHaveAttribute('inputmode', 'decimal');
    await box(page).fill('250');
    const sign = page.getByRole('button', { name: 'change the sign' });
    await sign.tap();
    await expect(box(page)).toHaveValue('-250');
    await expect(box(page)).toBeFocused();
    await saved(page);
    await holds(room, [{ response: { number: { typed: '-250', unit: '' } }, flagged: false }]);
    await sign.tap();
    await expect(box(page)).toHaveValue('250');
    await saved(page);
    await holds(room, [{ response: { number: { typed: '250', unit: '' } }, flagged: false }]);
  });
});

test('the calculator stands beside the question, its result becomes the answer, and added time stays in sight until it is closed', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const address = await setPaper(setterPage, { title: 'Beside it', code: 'BESIDE1', calculator: true, questions: [[LIQUID, 2]] });
  await signIn(page, STUDENTS.candidateCalculates);
  const room = await start(page, 'BESIDE1');
  await hydrated(page);
  await question(page, 1, 2);
  const form = (await page.locator('.question-form').boundingBox())!;
  const calculator = (await page.locator('.calculator').boundingBox())!;
  expect(calculator.x).toBeGreaterThanOrEqual(form.x + form.width);
  expect(calculator.y).toBeLessThan(form.y + form.height);

  await box(page).fill('3 mL');
  for (const key of ['2', '5', 'divided by', '4', 'equals']) await page.getByRole('button', { name: key, exact: true }).click();
  await tabTo(page, page.getByRole('button', { name: 'Use this result' }));
  await page.keyboard.press('Enter');
  await expect(box(page)).toHaveValue('6.25 mL');
  await expect(box(page)).toBeFocused();
  await saved(page);
  await holds(room, [{ response: { number: { typed: '6.25 mL', unit: '' } }, flagged: false }, { response: null, flagged: false }]);
  // The next question has its own answer, and the calculator the same result.
  await onward(page).click();
  await question(page, 2, 2);
  await expect(box(page)).toHaveValue('');
  await expect(page.locator('.pad .display')).toHaveText('6.25');
  await accessible(page, 'a question beside the calculator');

  await page.setViewportSize({ width: 320, height: 640 });
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await setterPage.goto(address);
  await setterPage.getByText('Add time for everybody').first().click();
  await setterPage.getByLabel('Minutes to add').fill('5');
  await setterPage.getByRole('button', { name: 'Add time for everybody' }).click();
  const notice = page.locator('#told');
  await expect(notice).toHaveText(/^5 minutes were added\. You have \d+ minutes left\.$/);
  await expect(notice).toBeInViewport();
  await accessible(page, 'a room with more time');
  await page.getByRole('button', { name: 'Close this notice' }).click();
  await expect(notice).toHaveCount(0);
  await expect(page.locator('#question-heading')).toBeFocused();
  // Without a number to answer there is nothing to use a result for.
  await onward(page).click();
  await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use this result' })).toBeHidden();
  await setterPage.context().close();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'a check with scripts' : 'a check without scripts', () => {
    test.use({ javaScriptEnabled, viewport: { width: 320, height: 640 } });

    test('its result shows only what was wrong to who wants that', async ({ page }) => {
      const module = modules[1];
      await signIn(page, javaScriptEnabled ? STUDENTS.candidateChecks : STUDENTS.candidateChecksPlain);
      await page.goto(`/learn/nmp/${module.slug}/check`);
      if (javaScriptEnabled) await hydrated(page);
      const questions = await asked(page, module);
      await expect(page.locator('.question-number').last()).toHaveText(`Question ${questions.length} of ${questions.length}`);
      for (const [n, one] of questions.entries()) await answer(page, one, n === 0 ? one.right : one.wrong);
      await submit(page).click();
      await expect(page.getByRole('heading', { name: 'Not passed yet' })).toBeVisible();
      const seen = page.locator('.results > li:visible');
      await expect(seen).toHaveCount(questions.length);
      await expect(seen.first()).toContainText(`Question 1 of ${questions.length}`);
      await expect(seen.first().locator('.verdict')).toHaveText('Right');
      await page.getByLabel(`Show only what I got wrong (${questions.length - 1} of ${questions.length})`).check();
      await expect(seen).toHaveCount(questions.length - 1);
      await expect(seen.first()).toContainText(`Question 2 of ${questions.length}`);
      const { title } = module.pages.find((one) => one.slug === questions[1].page)!;
      await expect(seen.first().getByRole('link', { name: title })).toBeVisible();
      await noSidewaysScrolling(page);
    });
  });
}
