import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';
import { noSidewaysScrolling } from './page';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// The package for Playwright hands the whole source over for each look, twice, and fetches what axe did not find fault with.
const SOURCE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
type Axe = { run: (options: RunOptions) => Promise<AxeResults> };

/** What axe finds on the present page: it stays in the document that it was handed to. The site has no frames. */
async function violations(page: Page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`));
  }, TAGS);
}

/** Axe finds nothing on the present page, it fits the window, and no sentence has a gap. Soft: one run names every faulty state. */
export async function accessible(page: Page, state: string) {
  // Axe does not judge colours over a gradient: without the shadow at the edges of tables it judges their text.
  await page.locator('.table-frame').evaluateAll((frames) => frames.forEach((frame) => (frame as HTMLElement).style.setProperty('background-image', 'none')));
  expect.soft(await violations(page), `axe on ${state}`).toEqual([]);
  // An empty part of a sentence is drawn as a space before the following punctuation.
  const strayBlanks = (await page.locator('main').innerText()).match(/[^\n]* [.,;:](?=\s|$)[^\n]*/g) ?? [];
  expect.soft(strayBlanks, `a blank before a mark on ${state}`).toEqual([]);
  await noSidewaysScrolling(page);
}
