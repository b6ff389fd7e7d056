import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { noSidewaysScrolling } from './page';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Axe finds nothing on the present page, it fits the window, and no sentence has a gap. Soft: one run names every faulty state. */
export async function accessible(page: Page, state: string) {
  // Axe does not judge colours over a gradient: without the shadow at the edges of tables it judges their text.
  await page.locator('.table-frame').evaluateAll((frames) => frames.forEach((frame) => (frame as HTMLElement).style.setProperty('background-image', 'none')));
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`));
  expect.soft(found, `axe on ${state}`).toEqual([]);
  // An empty part of a sentence is drawn as a space before the following punctuation.
  const strayBlanks = (await page.locator('main').innerText()).match(/[^\n]* [.,;:](?=\s|$)[^\n]*/g) ?? [];
  expect.soft(strayBlanks, `a blank before a mark on ${state}`).toEqual([]);
  await noSidewaysScrolling(page);
}
