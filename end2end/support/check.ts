import { expect, type Locator, type Page } from '@playwright/test';
import type { Module, Question } from './content';

/** The input of a question that holds this value; the box itself if the answer is typed. */
export function input(page: Page, question: Question, value?: string): Locator {
  const named = page.locator(`input[name="answers[${question.id}][]"]`);
  return value === undefined ? named : named.and(page.locator(`[value="${value}"]`));
}

/** Gives these answers to one question, whatever the earlier answers. */
export async function answer(page: Page, question: Question, given: string[]) {
  if (question.kind === 'number') return input(page, question).fill(given[0]);
  for (const choice of question.choices) {
    const box = input(page, question, choice);
    if (given.includes(choice)) await box.check();
    else if (question.kind === 'multiple') await box.uncheck();
  }
}

/** The questions that this try asks, in their order on the page. */
export async function asked(page: Page, module: Module): Promise<Question[]> {
  await expect(page.locator('form.check .question')).toHaveCount(module.asked);
  const names = await page.locator('form.check input[name^="answers["]').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).name));
  const ids = new Set(names.map((name) => /^answers\[(.+)\]\[\]$/.exec(name)![1]));
  return [...ids].map((id) => module.questions.find((question) => question.id === id)!);
}

/** Nothing is answered, not even from an earlier attempt. */
export async function isEmpty(page: Page, module: Module) {
  await expect(page.locator('form.check input:checked')).toHaveCount(0);
  for (const question of await asked(page, module)) {
    if (question.kind === 'number') await expect(input(page, question)).toHaveValue('');
  }
}

/** Answers the questions of this try, and returns them. */
export async function answerAll(page: Page, module: Module, how: 'right' | 'wrong'): Promise<Question[]> {
  await isEmpty(page, module);
  const questions = await asked(page, module);
  for (const question of questions) await answer(page, question, question[how]);
  return questions;
}

/** The answers are in the form. */
export async function stands(page: Page, questions: Question[], how: 'right' | 'wrong' = 'right') {
  for (const question of questions) {
    if (question.kind === 'number') await expect(input(page, question)).toHaveValue(question[how][0]);
    for (const choice of question.choices) {
      await expect(input(page, question, choice)).toBeChecked({ checked: question[how].includes(choice) });
    }
  }
}

/** The result of a try that failed: for each question why the chosen answer is wrong, and where to read; never the right answer. */
export async function toldWhy(page: Page, module: Module, questions: Question[]) {
  const results = page.locator('.results > li');
  await expect(results).toHaveCount(questions.length);
  for (const [n, question] of questions.entries()) {
    const result = results.nth(n);
    await expect(result).toContainText('Not right');
    await expect(result).not.toContainText(question.explanation);
    await expect(result).not.toContainText('Right answer');
    if (question.wrong.length === 1 && question.why[question.wrong[0]]) await expect(result.locator('.chosen')).toHaveCount(1);
    const { title, slug } = module.pages.find((page) => page.slug === question.page)!;
    await expect(result.getByRole('link', { name: title })).toHaveAttribute('href', `/learn/nmp/${module.slug}/${slug}`);
  }
}

export function submit(page: Page): Locator {
  return page.getByRole('button', { name: 'Check my answers' });
}
