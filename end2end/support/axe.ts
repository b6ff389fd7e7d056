import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { noSidewaysScrolling } from './page';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Axe finds nothing on the page as it stands now, it fits the window, and no sentence has a hole. Soft: one run names every state that is wrong. */
export async function accessible(page: Page, state: string) {
  // Over a gradient axe judges no colour: without the shadow at the edges of tables it judges their text.
  await page.locator('.table-frame').evaluateAll((frames) => frames.forEach((frame) => (frame as HTMLElement).style.setProperty('background-image', 'none')));
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`));
  expect.soft(found, `axe on ${state}`).toEqual([]);
  // A text of a sentence that was left empty is drawn as a blank before the mark that follows.
  const strayBlanks = (await page.locator('main').innerText()).match(/[^\n]* [.,;:](?=\s|$)[^\n]*/g) ?? [];
  expect.soft(strayBlanks, `a blank before a mark on ${state}`).toEqual([]);
  await noSidewaysScrolling(page);
}
