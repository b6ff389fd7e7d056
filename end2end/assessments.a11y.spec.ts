import { accessible } from './support/axe';
import { demo } from './support/database';
import { PAPER, SUBMIT, onward, question, setPaper, setter, start } from './support/exam';
import { arrivedAt, hydrated, noSidewaysScrolling, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// Axe finds nothing on any page of the assessments, wide and narrow; and no page scrolls sideways.

for (const [name, width, height, code, student] of [
  ['wide', 1280, 900, 'AXEWIDE1', STUDENTS.examAxeWide],
  ['narrow', 320, 640, 'AXENARROW1', STUDENTS.examAxeNarrow],
] as const) {
  test(`${name}: the candidate's pages`, async ({ page, browser }) => {
    await page.setViewportSize({ width, height });
    const setterPage = await setter(browser);
    await setPaper(setterPage, {
      title: `Axe ${name}`,
      code,
      calculator: true,
      questions: [['SI units and conversion', 1], ['Reading charts and labels', 1], ['Abbreviations and safe writing', 1], ['Understanding a clinical text', 1]],
    });
    await setterPage.context().close();
    await signIn(page, student);
    await open(page, '/assessments');
    await accessible(page, 'assessments');
    await page.getByLabel('Access code').fill('WRONG');
    await page.getByRole('button', { name: 'Find the paper' }).click();
    await expect(page).toHaveTitle(/^Error: /);
    await accessible(page, 'a code that is unknown');
    await page.getByLabel('Access code').fill(code);
    await page.getByRole('button', { name: 'Find the paper' }).click();
    await expect(page.getByRole('button', { name: 'Start now' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Try a question in Practice' })).toHaveAttribute('href', '/assessments/practice');
    await accessible(page, 'before the start');
    await page.goto('/assessments');
    const room = await start(page, code);
    await hydrated(page);
    for (let n = 1; n <= 4; n += 1) {
      await question(page, n, 4);
      await accessible(page, `question ${n}`);
      await noSidewaysScrolling(page);
      await onward(page).click();
    }
    await accessible(page, 'the review');
    await page.getByRole('button', { name: SUBMIT }).click();
    await expect(page).toHaveURL(/receipt$/);
    await accessible(page, 'the receipt');
    await open(page, `${room}/result`);
    await accessible(page, 'a result');
    await noSidewaysScrolling(page);
    await open(page, '/verify/NONE');
    await accessible(page, 'a code that is no certificate');
    await open(page, '/assessments/practice');
    await accessible(page, 'practice');
    await page.getByRole('button', { name: 'Start practising' }).click();
    await accessible(page, 'a question of practice');
    await noSidewaysScrolling(page);
  });

  test(`${name}: the setter's pages`, async ({ browser }) => {
    const page = await setter(browser);
    await page.setViewportSize({ width, height });
    await open(page, '/assessments/papers');
    await accessible(page, 'papers');
    await page.getByLabel('Title', { exact: true }).fill(`Draft ${name}`);
    await page.getByLabel('Mock paper').check();
    await page.getByRole('button', { name: 'Create a draft' }).click();
    const draft = await arrivedAt(page, PAPER);
    for (const step of ['', '/settings', '/questions', '/candidates', '/preview', '/publish']) {
      await open(page, `${draft}${step}`);
      await accessible(page, `a draft${step}`);
      await noSidewaysScrolling(page);
    }
    await open(page, `${draft}/questions`);
    await page.getByLabel('Title of the section').fill('Sums');
    await page.getByRole('button', { name: 'Add the section' }).click();
    await page.locator('.categories').getByRole('link', { name: 'Oral liquids' }).click();
    await expect(page.getByText('Questions about: Oral liquids')).toBeVisible();
    await accessible(page, 'questions to choose from');
    await noSidewaysScrolling(page);
    await open(page, `${draft}/publish`);
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(page).toHaveTitle(/^Error: /);
    await accessible(page, 'publishing, with the missing parts');
    await open(page, '/assessments/papers');
    await page.getByRole('link', { name: 'Numeracy check, autumn (demo)' }).click();
    const sat = await arrivedAt(page, PAPER);
    for (const step of ['', '/results', '/items']) {
      await open(page, `${sat}${step}`);
      await accessible(page, `a paper that was sat${step}`);
      await noSidewaysScrolling(page);
    }
    await open(page, `${sat}/results`);
    await page.getByRole('main').locator('table a[href*="/sittings/"]').first().click();
    await hydrated(page);
    await accessible(page, "a candidate's sitting");
    await noSidewaysScrolling(page);
    await open(page, '/questions?category=oral-liquids');
    await accessible(page, 'the questions of a category');
    await noSidewaysScrolling(page);
    await page.locator('.bank-cards a').first().click();
    await expect(page.getByRole('heading', { name: 'Question', exact: true })).toBeVisible();
    await accessible(page, 'one question');
    await noSidewaysScrolling(page);
    await open(page, `/assessments/questions/${demo('organisation')}/write`);
    await accessible(page, 'the form for a question');
    await noSidewaysScrolling(page);
    for (const link of ['Question bank', 'Extra time and rest breaks']) {
      await open(page, '/assessments/papers');
      await page.getByRole('link', { name: new RegExp(link) }).first().click();
      await hydrated(page);
      await accessible(page, link);
      await noSidewaysScrolling(page);
    }
    await page.context().close();
  });
}
