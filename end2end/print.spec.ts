import type { Locator, Page } from '@playwright/test';
import { modules, pageWith } from './support/content';
import { demo, paperCalled } from './support/database';
import { SUBMIT, box, onward, question, saved, setPaper, setter, start } from './support/exam';
import { heading, open } from './support/page';
import { COHORT, LEAD, STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';

// Printed pages: on white paper, whole, and without controls that only work on a screen.

const BLACK = 'rgb(0, 0, 0)';

async function printed(page: Page) {
  await page.emulateMedia({ media: 'print' });
}

function colour(of: Locator): Promise<string[]> {
  return of.evaluate((element) => {
    const { color, backgroundColor, backgroundImage } = getComputedStyle(element);
    return [color, backgroundColor, backgroundImage];
  });
}

/** Black on any background. A printer that saves ink leaves out backgrounds, and white letters with them. */
async function isBlackOnPaper(of: Locator) {
  expect(await colour(of)).toEqual([BLACK, 'rgba(0, 0, 0, 0)', 'none']);
}

/** No table is wider than its container, and none hides a part behind a scroll bar. */
async function isNotCut(page: Page, sheet: 'upright' | 'landscape' = 'upright') {
  await expect(page.locator('body')).toHaveCSS('page', sheet === 'landscape' ? 'wide' : 'auto');
  // A sheet of A4 between its margins, at 96 dots to the inch.
  await page.setViewportSize(sheet === 'landscape' ? { width: 1017, height: 688 } : { width: 688, height: 1017 });
  const frames = page.getByRole('main').locator('.table-frame');
  await expect(frames.first()).toBeVisible();
  const cut = await frames.evaluateAll((frames) =>
    frames.map((frame) => [getComputedStyle(frame).overflowX, Math.max(0, frame.scrollWidth - frame.clientWidth)]),
  );
  expect(cut).toEqual(cut.map(() => ['visible', 0]));
}

/** No word and no number is split over two lines, except addresses. */
async function hasWholeWords(page: Page) {
  const broken = await page.getByRole('main').locator('.table-frame').locator('th, td').evaluateAll((cells) =>
    cells.flatMap((cell) => {
      const found: string[] = [];
      const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (text.parentElement?.closest('.hint, .visually-hidden')) continue;
        for (const word of (text.textContent ?? '').matchAll(/[\p{L}\p{N}:.]+/gu)) {
          const range = document.createRange();
          range.setStart(text, word.index);
          range.setEnd(text, word.index + word[0].length);
          if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word[0]);
        }
      }
      return found;
    }),
  );
  expect(broken).toEqual([]);
}

/** How a table shows that it is wider than its container. */
function goesOn(page: Page) {
  return page.locator('.table-frame').first().evaluate((frame) => {
    const { backgroundImage, backgroundAttachment, overflowX } = getComputedStyle(frame);
    const images = backgroundImage.split('linear-gradient').length - 1;
    return { wider: frame.scrollWidth > frame.clientWidth, moves: backgroundAttachment.split(', ').slice(0, 4), images, bar: overflowX };
  });
}

test('a module is printed with all its pages, whole tables, and nothing to press', async ({ page }) => {
  const path = pageWith(/^Table: /m);
  await signIn(page, STUDENTS.prints);
  await open(page, `${path.split('/').slice(0, 4).join('/')}/print`);
  const module = modules.find(({ slug }) => slug === path.split('/')[3])!;
  for (const { title } of module.pages) await expect(page.getByRole('heading', { level: 2, name: title, exact: true })).toBeVisible();
  await printed(page);
  await isNotCut(page);
  await hasWholeWords(page);
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
});

test('a receipt and a result are printed in black, with every working open and nothing to press', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const address = await setPaper(setterPage, { title: 'Printed', code: 'PRINTED1', questions: [['insulin-fixed-rate (Doses in units, difficulty 2)', 2]] });
  await signIn(page, STUDENTS.prints);
  await start(page, 'PRINTED1');
  for (const n of [1, 2]) {
    await question(page, n, 2);
    await box(page).fill(`${n}`);
    await onward(page).click();
  }
  await saved(page);
  await page.getByRole('button', { name: SUBMIT }).click();
  await expect(page).toHaveURL(/receipt$/);
  await expect(heading(page, 'Your answers have been submitted')).toBeVisible();
  // On the screen it is white on colour.
  expect((await colour(page.locator('.confirmation')))[0]).not.toBe(BLACK);
  await printed(page);
  await isBlackOnPaper(page.locator('.confirmation'));
  await isBlackOnPaper(page.locator('.confirmation h1'));
  await expect(page.locator('.fingerprint')).toBeVisible();

  await page.emulateMedia({ media: 'screen' });
  await page.getByRole('link', { name: 'See your result' }).click();
  await expect(page.getByRole('heading', { name: 'What to practise next' })).toBeVisible();
  // Folded by the reader.
  const workings = page.locator('.results details');
  await expect(workings).toHaveCount(2);
  await workings.first().locator('summary').click();
  await expect(workings.first().locator('.steps')).toBeHidden();
  await printed(page);
  await isBlackOnPaper(page.locator('.confirmation'));
  for (const n of [0, 1]) await expect(workings.nth(n).locator('.steps')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What to practise next' })).toBeHidden();
  await expect(page.getByRole('main').locator('button:visible')).toHaveCount(0);

  await setterPage.goto(`${address}/results`);
  await expect(setterPage.getByRole('row').filter({ hasText: STUDENTS.prints })).toBeVisible();
  await printed(setterPage);
  await isNotCut(setterPage);

  // The invigilator's table has the most columns, and narrow ones.
  await setterPage.goto(address);
  await expect(setterPage.getByRole('row').filter({ hasText: STUDENTS.prints })).toBeVisible();
  await isNotCut(setterPage);
  await hasWholeWords(setterPage);
  await setterPage.context().close();
});

test('who has completed what is printed whole', async ({ page }) => {
  await signIn(page, LEAD);
  await open(page, `/organisation/${demo('slug')}/reports?print=all`);
  await expect(page.locator('table.records')).toBeVisible();
  await printed(page);
  await isNotCut(page, 'landscape');
  await hasWholeWords(page);
});

test('the results of a demo paper and a cohort are printed whole, with their ticks', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await open(setterPage, `/assessments/papers/${paperCalled('Numeracy check, autumn (demo)')}/results`);
  await printed(setterPage);
  await isNotCut(setterPage);
  await setterPage.context().close();

  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  await page.getByRole('link', { name: COHORT }).click();
  await expect(page.locator('table.students')).toBeVisible();
  // On a narrow screen the table scrolls sideways, and shows that: by a shadow at the edge, or by a scroll bar when the
  // system forces colours.
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await goesOn(page)).toEqual({ wider: true, moves: ['local', 'local', 'scroll', 'scroll'], images: 4, bar: 'auto' });
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await goesOn(page)).toMatchObject({ wider: true, images: 0, bar: 'scroll' });
  await page.emulateMedia({ forcedColors: 'none' });
  await printed(page);
  expect(await goesOn(page)).toMatchObject({ images: 0, bar: 'visible' });
  await isNotCut(page, 'landscape');
  const completed = page.locator('table.students .cell.is-completed').first();
  await expect(completed).toBeVisible();
  await isBlackOnPaper(completed);
  await expect(completed).toHaveText('✓');
  await expect(page.locator('table.students thead th')).toHaveCount(3 + modules.length);
});
