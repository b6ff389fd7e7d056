import type { Page } from '@playwright/test';
import { answer, answerAll, asked, input, isEmpty, stands, submit, toldWhy } from './support/check';
import { courseTitle, modules } from './support/content';
import { asDrawn, heading, next, noSidewaysScrolling, unfoldMenu, wheelShows } from './support/page';
import { PASSWORD, STUDENTS, signIn, tryToSignIn } from './support/people';
import { expect, test } from './support/test';

// WebAssembly blocked by a hospital's proxy, or an old browser: everything works all the same.
test.use({ javaScriptEnabled: false });

const [module] = modules;

async function arrived(page: Page, name: string | RegExp) {
  await expect(heading(page, name)).toBeVisible();
  await asDrawn(page);
  await noSidewaysScrolling(page);
}

for (const [width, height, student] of [[1280, 900, STUDENTS.noScriptWide], [320, 640, STUDENTS.noScriptNarrow]] as const) {
  test(`the journey without scripts, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto('/');
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await arrived(page, 'Sign in');
    await tryToSignIn(page, student);
    await arrived(page, /^Hello, /);
    await unfoldMenu(page);
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'My courses' }).click();
    await arrived(page, 'My courses');
    await page.getByRole('link', { name: courseTitle }).click();
    await arrived(page, courseTitle);
    await wheelShows(page, 0);
    await page.getByRole('main').locator('.task-list').getByRole('link', { name: module.title }).click();
    await arrived(page, module.title);
    await page.getByRole('link', { name: 'Start the module' }).click();
    await arrived(page, module.pages[0].title);
    await next(page, module.pages[1].title).click();
    await arrived(page, module.pages[1].title);

    // To another page and back.
    await page.goto('/learn/nmp');
    await expect(page.locator('.task-list > li').first()).toContainText('In progress');
    await page.getByRole('link', { name: 'Resume where you left' }).click();
    await arrived(page, module.pages[1].title);
    for (const { title } of module.pages.slice(2)) {
      await next(page, title).click();
      await arrived(page, title);
    }
    await next(page, 'Knowledge check').click();
    await arrived(page, 'Knowledge check');

    const failed = await answerAll(page, module, 'wrong');
    await submit(page).click();
    await arrived(page, 'Knowledge check: result');
    await expect(page.getByRole('heading', { name: 'Not passed yet' })).toBeVisible();
    await toldWhy(page, module, failed);
    await page.getByText('Why is this not ticked?').click();
    await expect(page.getByText(`Pass the knowledge check (${module.passMark}% or more; your best so far is 0%)`)).toBeVisible();

    await page.getByRole('link', { name: 'Take the check again' }).click();
    await arrived(page, 'Knowledge check');
    await answerAll(page, module, 'right');
    await submit(page).click();
    await arrived(page, 'Knowledge check: result');
    await expect(page.getByRole('heading', { name: 'You passed' })).toBeVisible();
    await expect(page.getByText('You have completed this module.')).toBeVisible();
    await wheelShows(page, 1);

    // <details> opens by itself.
    const list = page.locator('.wheel li');
    await expect(list.first()).toBeHidden();
    await page.locator('.wheel summary').click();
    await expect(list.first()).toBeVisible();
    await expect(list).toHaveCount(12);
    await expect(list.filter({ hasText: 'Completed' })).toHaveText([new RegExp(module.title)]);
    await noSidewaysScrolling(page);
    await list.filter({ hasText: module.title }).getByRole('link').click();
    await arrived(page, module.title);
    await expect(page.locator('.contents').getByText('Opened')).toHaveCount(module.pages.length);
    await expect(page.locator('.contents').getByText(/^ *Passed .*, \d of \d, second try$/)).toBeVisible();
    await unfoldMenu(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await arrived(page, 'Learn to prescribe, at your own pace');
  });
}

test('a refused sign-in form returns with the typed values, except the password', async ({ page }) => {
  await page.goto('/sign-in?next=%2Flearn');
  await page.getByLabel('E-mail address').fill('nurse at home');
  await page.getByLabel('Remember me for two weeks').check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  const summary = page.getByRole('alert');
  await expect(summary.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await expect(summary).toBeFocused();
  await expect(summary.getByRole('listitem')).toHaveText([/correct form/, 'Enter your password']);
  await expect(page).toHaveTitle(/^Error: Sign in/);
  await expect(page.getByLabel('E-mail address')).toHaveValue('nurse at home');
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Remember me for two weeks')).toBeChecked();
  // Addresses are logged, stored and shared: they contain no typed text, but keep the requested page.
  await expect(page).toHaveURL('/api/accounts/sign_in');
  await expect(page.locator('input[name=next]')).toHaveValue('/learn');
  await summary.getByRole('link', { name: /correct form/ }).click();
  await expect(page.getByLabel('E-mail address')).toBeFocused();

  await tryToSignIn(page, STUDENTS.noScriptForms, 'not the password');
  await expect(page.getByRole('alert')).toContainText('Check your e-mail address and password');
  await expect(page.getByLabel('E-mail address')).toHaveValue(STUDENTS.noScriptForms);
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  // A button that would do nothing is not there.
  await expect(page.getByRole('button', { name: 'Show password' })).toBeHidden();
  await tryToSignIn(page, STUDENTS.noScriptForms, PASSWORD);
  await expect(heading(page, 'My courses')).toBeVisible();
});

test('a form that is sent after the session ended gives back what was typed', async ({ page, context }) => {
  await signIn(page, STUDENTS.noScriptForms);
  await page.goto('/account');
  const typed = 'The code of our ward';
  await page.getByLabel('Code of the organisation').fill(typed);
  await context.clearCookies();
  await page.getByRole('button', { name: 'Name this organisation' }).click();
  await expect(heading(page, 'You have been signed out')).toBeVisible();
  await expect(page.getByLabel('What you typed')).toHaveValue(typed);
  await noSidewaysScrolling(page);
  await expect(page.getByRole('link', { name: 'Sign in in another tab' })).toHaveAttribute('href', '/sign-in?next=%2Faccount');
});

test('an incomplete check returns with its answers, and can be saved for later', async ({ page }) => {
  await signIn(page, STUDENTS.noScriptForms);
  const module = [...modules].sort((one, other) => other.asked - one.asked)[0];
  const path = `/learn/nmp/${module.slug}/check`;
  await page.goto(path);
  await isEmpty(page, module);
  const questions = await asked(page, module);
  await submit(page).click();
  const problems = page.getByRole('alert').getByRole('listitem');
  const missing = { single: 'choose an answer', 'true-false': 'choose an answer', multiple: 'choose one or more answers', number: 'enter' };
  await expect(problems).toHaveText(questions.map(({ kind }, n) => new RegExp(`^Question ${n + 1}: ${missing[kind]}`)));
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.locator('#check input[name=from]')).toHaveValue(path);

  // All except the last, the number in words, and several boxes where several may be chosen.
  const others = questions.slice(0, -1);
  const last = questions[questions.length - 1];
  for (const question of others) {
    await answer(page, question, question.kind === 'number' ? ['a lot'] : question.right);
  }
  await submit(page).click();
  const numbers = others.filter(({ kind }) => kind === 'number');
  await expect(problems).toHaveText([
    ...numbers.map((question) => new RegExp(`^Question ${questions.indexOf(question) + 1}: enter a number`)),
    new RegExp(`^Question ${questions.length}: ${missing[last.kind]}`),
  ]);
  const choices = others.filter(({ kind }) => kind !== 'number');
  for (const question of numbers) await expect(input(page, question)).toHaveValue('a lot');
  await stands(page, choices);
  await problems.last().getByRole('link').click();
  await expect(page.locator(`#q-${last.id}`)).toBeFocused();
  await expect(page.locator(`#q-${last.id}`)).toBeInViewport();

  // The error is not shown a second time; the answers are kept.
  await page.goto(path);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await stands(page, choices);
  for (const question of numbers) await answer(page, question, question.right);
  await page.getByRole('button', { name: 'Save and finish later' }).click();
  await expect(heading(page, module.title)).toBeVisible();
  await expect(page.getByText(`${others.length} answers kept`)).toBeVisible();
  await page.goto(path);
  await stands(page, others);
});
