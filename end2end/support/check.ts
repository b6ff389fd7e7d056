import { expect, type Locator, type Page } from '@playwright/test';
import type { Module, Question } from './content';

/** The input of a question that holds this value; the box itself where the answer is typed. */
export function input(page: Page, question: Question, value?: string): Locator {
  const named = page.locator(`input[name="answers[${question.id}][]"]`);
  return value === undefined ? named : named.and(page.locator(`[value="${value}"]`));
}

/** Gives these answers to one question, whatever was answered before. */
export async function answer(page: Page, question: Question, given: string[]) {
  if (question.kind === 'number') return input(page, question).fill(given[0]);
  for (const choice of question.choices) {
    const box = input(page, question, choice);
    if (given.includes(choice)) await box.check();
    else if (question.kind === 'multiple') await box.uncheck();
  }
}

/** Nothing is answered: not by an earlier attempt either. */
export async function isEmpty(page: Page, module: Module) {
  await expect(page.locator('form.check input:checked')).toHaveCount(0);
  for (const question of module.questions) {
    if (question.kind === 'number') await expect(input(page, question)).toHaveValue('');
  }
}

export async function answerAll(page: Page, module: Module, how: 'right' | 'wrong') {
  await isEmpty(page, module);
  for (const question of module.questions) await answer(page, question, question[how]);
}

export function submit(page: Page): Locator {
  return page.getByRole('button', { name: 'Check my answers' });
}
