import type { Page } from '@playwright/test';
import { asked, input, isEmpty, submit } from './support/check';
import { courseTitle, modules, type Question } from './support/content';
import { focusIsVisible, landedIn, tabThrough, tabTo } from './support/keyboard';
import { heading, hydrated, next, open, wheelShows } from './support/page';
import { COHORT, PASSWORD, STUDENTS, TUTOR, onAnotherDevice, signIn } from './support/people';
import { expect, test } from './support/test';

// Nothing here uses the mouse. Smooth scrolling would only delay the window.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const [module] = modules;

/** Answers with the usual keys: arrows and Space for one choice, Tab and Space for several, digits for a number. */
async function answerByKeys(page: Page, question: Question) {
  if (question.kind === 'number') {
    await tabTo(page, input(page, question));
    await page.keyboard.type(question.right[0]);
    return;
  }
  // In the order of the page, which is different for each try.
  const shown = await input(page, question).evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
  if (question.kind === 'multiple') {
    for (const choice of shown.filter((choice) => question.right.includes(choice))) {
      await tabTo(page, input(page, question, choice));
      await page.keyboard.press('Space');
      await expect(input(page, question, choice)).toBeChecked();
    }
    return;
  }
  await tabTo(page, input(page, question, shown[0]));
  await page.keyboard.press('Space');
  for (let at = shown.indexOf(question.right[0]); at > 0; at -= 1) await page.keyboard.press('ArrowDown');
  await expect(input(page, question, question.right[0])).toBeChecked();
  await focusIsVisible(page);
}

test('the journey by keyboard alone', async ({ page }) => {
  const main = page.getByRole('main');
  await open(page, '/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await focusIsVisible(page);
  await page.keyboard.press('Enter');
  // Past the header: the next stop is the first link of the content.
  await page.keyboard.press('Tab');
  await expect(main.getByRole('link', { name: 'Sign in' })).toBeFocused();
  await focusIsVisible(page);
  await page.keyboard.press('Enter');

  // An empty form: the focus goes to the summary, and from there to the field.
  await landedIn(page, 'Sign in');
  await tabTo(page, page.getByRole('button', { name: 'Sign in' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeFocused();
  await hydrated(page);
  await tabTo(page, page.getByRole('link', { name: 'Enter your e-mail address' }));
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await page.keyboard.type(STUDENTS.keyboard);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await page.keyboard.type(PASSWORD);
  await tabTo(page, page.getByRole('button', { name: 'Show password' }));
  await page.keyboard.press('Space');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('type', 'text');
  await tabTo(page, page.getByLabel('Remember me for two weeks'));
  await page.keyboard.press('Space');
  await expect(page.getByLabel('Remember me for two weeks')).toBeChecked();
  await tabTo(page, page.getByRole('button', { name: 'Sign in' }));
  await page.keyboard.press('Enter');

  await landedIn(page, /^Hello, /);
  await tabTo(page, main.getByRole('link', { name: courseTitle }));
  await page.keyboard.press('Enter');
  await landedIn(page, courseTitle);

  // The wheel opens and closes, and its list leads on.
  const summary = page.locator('.wheel summary');
  await tabTo(page, summary);
  await page.keyboard.press('Enter');
  await tabTo(page, page.locator('.wheel').getByRole('link', { name: module.title }));
  await page.keyboard.press('Enter');
  await landedIn(page, module.title);
  await tabTo(page, page.getByRole('link', { name: 'Start the module' }));
  await page.keyboard.press('Enter');
  for (const { title } of module.pages) {
    await landedIn(page, title);
    const following = module.pages[module.pages.findIndex((here) => here.title === title) + 1]?.title ?? 'Knowledge check';
    await tabTo(page, next(page, following));
    await page.keyboard.press('Enter');
  }
  await landedIn(page, 'Knowledge check');

  // Incomplete: the summary has the focus, and its link leads to the question.
  await tabTo(page, submit(page));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeFocused();
  await expect(page.getByRole('alert')).toBeInViewport();
  await tabTo(page, page.getByRole('alert').getByRole('link').first());
  await page.keyboard.press('Enter');
  const questions = await asked(page, module);
  const [first] = questions;
  await expect(page.locator(`#q-${first.id}`)).toBeFocused();
  // The first answer starts where the link led to; going back a step first means that `Tab` arrives there.
  await page.keyboard.press('Shift+Tab');
  await isEmpty(page, module);
  for (const question of questions) await answerByKeys(page, question);
  await tabTo(page, submit(page));
  await page.keyboard.press('Enter');

  await expect(heading(page, 'Knowledge check: result')).toBeVisible();
  await expect(page.locator('.confirmation')).toBeFocused();
  await expect(page.locator('.confirmation')).toContainText('You passed');
  await wheelShows(page, 1);
  await tabTo(page, page.getByRole('link', { name: `Next module: ${modules[1].title}` }));
  await page.keyboard.press('Enter');
  await landedIn(page, modules[1].title);
  // A module that is not begun lacks everything, so no missing parts are listed.
  await expect(page.locator('.why')).toHaveCount(0);
  await tabTo(page, page.getByRole('link', { name: 'Start the module' }));
  await page.keyboard.press('Enter');
  await landedIn(page, modules[1].pages[0].title);
  await tabTo(page, page.getByLabel('Breadcrumb').getByRole('link', { name: modules[1].title }));
  await page.keyboard.press('Enter');
  await landedIn(page, modules[1].title);
  await tabTo(page, page.locator('.why summary'));
  await page.keyboard.press('Space');
  await expect(page.locator('.why li').first()).toBeVisible();
  await page.keyboard.press('Shift+Tab');
  await focusIsVisible(page);
});

test('the focus is visible on every stop of every kind of page', async ({ page, browser }) => {
  for (const path of ['/', '/sign-in', '/forgotten-password', '/nowhere']) {
    await open(page, path);
    await tabThrough(page);
  }
  await signIn(page, STUDENTS.keyboardStops);
  const { context: other } = await onAnotherDevice(browser, STUDENTS.keyboardStops, '/');
  const reading = `/learn/nmp/${module.slug}`;
  for (const path of ['/', '/account', '/learn', '/learn/nmp', reading, `${reading}/${module.pages[1].slug}`, `${reading}/check`]) {
    await open(page, path);
    await tabThrough(page);
  }
  await other.close();
  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  await page.getByRole('link', { name: COHORT }).click();
  await expect(page.locator('table.students')).toBeVisible();
  await hydrated(page);
  await tabThrough(page);
});
