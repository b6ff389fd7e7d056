import { expect, test } from '@playwright/test';
import { holds } from './support/database';
import { SUBMIT, box, onward, question, setPaper, setter, start } from './support/exam';
import { STUDENTS, signIn } from './support/people';

// A browser extension inserts an element into a page before the application takes it over. The application cannot do
// so, and stops with an error in the console, so these journeys do not require an empty console. The page must go on as
// one without scripts.

/** Inserts an element beside a field, as password managers do. */
const MARK = () => {
  document.addEventListener('DOMContentLoaded', () => {
    for (const field of document.querySelectorAll('main input:not([type=hidden])')) field.after(document.createElement('foreign-mark'));
  });
};

test('a room into which an extension has put an element works as without scripts, from the first answer to submission', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Foreign', code: 'FOREIGN1', questions: [['heparin-volume (Doses in units, difficulty 1)', 2]] });
  await setterPage.context().close();
  await signIn(page, STUDENTS.foreign);
  const room = await start(page, 'FOREIGN1');
  await page.addInitScript(MARK);
  await page.goto(`${room}?question=1`);
  await expect(page.locator('html[data-as-drawn]')).toBeAttached();
  await expect(page.locator('.saved-line')).toHaveText('Your answer is saved when you choose a button');
  await box(page).fill('1 mL');
  await onward(page).click();
  await question(page, 2, 2);
  await box(page).fill('2 mL');
  await onward(page).click();
  await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeVisible();
  await holds(room, ['1 mL', '2 mL'].map((typed) => ({ response: { number: { typed, unit: '' } }, flagged: false })));
  await page.getByRole('button', { name: SUBMIT }).click();
  await expect(page).toHaveURL(/receipt/);
});

test('text typed before the application loads, and the cursor, are still there when it cannot start', async ({ page }) => {
  // The application's own file arrives late.
  let go = () => {};
  const held = new Promise<void>((done) => (go = done));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.addInitScript(MARK);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(STUDENTS.foreign);
  await page.getByLabel('Password', { exact: true }).fill('learning-demo-2026');
  await page.getByLabel('Password', { exact: true }).focus();
  go();
  await expect(page.locator('html[data-as-drawn]')).toBeAttached();
  await expect(page.getByLabel('E-mail address')).toHaveValue(STUDENTS.foreign);
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: /^Hello, / })).toBeVisible();
});
