import type { Browser, Locator, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { SETTER, box, draftPaper, onward, setPaper, setter, titled } from './support/exam';
import { tabTo } from './support/keyboard';
import { asDrawn, heading, hydrated, noSidewaysScrolling, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// What a setter does: looks into the bank, builds a draft, tries it, corrects what is published, watches and reviews.

interface Way {
  how: string;
  scripts: boolean;
  width: number;
  height: number;
}

const WAYS: Way[] = [
  { how: 'on a wide screen', scripts: true, width: 1280, height: 900 },
  { how: 'on a phone', scripts: true, width: 320, height: 640 },
  { how: 'without scripts', scripts: false, width: 1280, height: 900 },
  { how: 'without scripts on a phone', scripts: false, width: 320, height: 640 },
];

async function setterOf(browser: Browser, { scripts, width, height }: Way): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: { width, height } });
  const page = await context.newPage();
  await signIn(page, SETTER);
  return page;
}

async function arrived(page: Page, scripts: boolean) {
  if (scripts) await hydrated(page);
  else await asDrawn(page);
  await noSidewaysScrolling(page);
}

for (const [n, way] of WAYS.entries()) {
  const { how, scripts } = way;

  test(`a question is found, looked at with other numbers, and added to a draft, ${how}`, async ({ browser }) => {
    const page = await setterOf(browser, way);
    const title = `Built from the bank ${n}`;
    const draft = await draftPaper(page, { title, code: `BUILT${n}X` });
    await page.goto('/assessments/papers');
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'Questions to choose from' }).click();
    await expect(heading(page, 'Questions')).toBeVisible();
    await arrived(page, scripts);
    // The options say how many they leave.
    const category = page.getByLabel('Category', { exact: true });
    await expect(category.locator('option[value="oral-liquids"]')).toHaveText(/^Oral liquids \(\d+\)$/);
    await category.selectOption('oral-liquids');
    await page.getByLabel('Answered by', { exact: true }).selectOption('number');
    await page.getByLabel('Words of the question').fill('bottle lasts');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText(/^1 of \d+ questions matches “bottle lasts” and what you chose\./)).toBeVisible();
    await arrived(page, scripts);
    // Titles in words; no id of a template is shown.
    await expect(page.locator('.bank-cards')).not.toContainText('oral-liquid-bottle-lasts');
    await page.getByRole('link', { name: titled('oral-liquid-bottle-lasts') }).click();
    await expect(heading(page, 'Question')).toBeVisible();
    await arrived(page, scripts);
    const shown = page.locator('.previewed.shown');
    await expect(shown.getByText('Right answer')).toBeVisible();
    await expect(shown.getByText('Worked solution')).toBeVisible();
    const seen = new Set([await shown.innerText()]);
    for (let seed = 2; seed <= 6; seed += 1) {
      await page.getByRole('link', { name: 'Draw another' }).click();
      await expect(page).toHaveURL(/seed=\d+$/);
      await arrived(page, scripts);
      seen.add(await shown.innerText());
    }
    expect(seen.size).toBeGreaterThan(1);
    if (scripts) await expect(page.locator('#another')).toBeFocused();

    await page.getByLabel('Marks for it').fill('21');
    await page.getByRole('button', { name: 'Add the question' }).click();
    await expect(page.getByRole('alert')).toContainText('Paper and section: ');
    await expect(page.getByLabel('Marks for it')).toHaveValue('21');
    await page.getByLabel('Paper and section').selectOption({ label: title });
    await page.getByLabel('Marks for it').fill('2');
    await page.getByRole('button', { name: 'Add the question' }).click();
    await expect(page).toHaveURL(new RegExp(`${draft}/questions`));
    await expect(page.getByText('The question is added.')).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: titled('oral-liquid-bottle-lasts') })).toBeVisible();
    await expect(page.locator('.totals')).toHaveText('1 question, 2 marks in 30 minutes');
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`a draft is built by category and example, and its lines are moved, ${how}`, async ({ browser }) => {
    const page = await setterOf(browser, way);
    const draft = await draftPaper(page, { title: `Lines ${n}`, code: `LINES${n}X` });
    await page.goto(`${draft}/questions`);
    await page.getByLabel('Title of the section').fill('Sums');
    await page.getByRole('button', { name: 'Add the section' }).click();
    await expect(page.getByRole('heading', { name: 'Sums', exact: true })).toBeVisible();
    await arrived(page, scripts);
    await page.locator('.categories').getByRole('link', { name: 'Doses in units' }).click();
    await expect(page.getByText('Questions about: Doses in units')).toBeVisible();
    await arrived(page, scripts);
    // Refused, the chosen question stays chosen.
    const heparin = page.getByLabel('Heparin volume', { exact: true });
    await expect(page.getByLabel('Any of them, drawn when you publish')).toBeChecked();
    await heparin.check();
    await page.getByLabel('How many questions').fill('61');
    await page.getByRole('button', { name: 'Add the questions' }).click();
    await expect(page.getByRole('alert')).toContainText('How many questions: ');
    await expect(heparin).toBeChecked();
    await page.getByLabel('How many questions').fill('2');
    await page.getByRole('button', { name: 'Add the questions' }).click();
    const rows = page.locator('table.selection-rules tbody tr');
    await expect(rows).toHaveCount(1);
    // The category stays open for the next one.
    await expect(page.getByText('Questions about: Doses in units')).toBeVisible();
    await arrived(page, scripts);
    await page.getByLabel('How many questions').fill('30');
    await page.getByRole('button', { name: 'Add the questions' }).click();
    await expect(rows).toHaveCount(2);
    await arrived(page, scripts);
    await expect(page.locator('.totals')).toHaveText('32 questions, 32 marks in 30 minutes');
    await expect(page.getByText('30 minutes for 32 questions is 56 seconds for each.')).toBeVisible();

    await expect(rows.first()).toContainText('Heparin volume');
    await expect(rows.first().getByRole('button', { name: /^Up/ })).toHaveAttribute('aria-disabled', 'true');
    const down = rows.first().getByRole('button', { name: /^Down/ });
    if (scripts) {
      await tabTo(page, down);
      await page.keyboard.press('Enter');
    } else {
      await down.click();
    }
    await expect(rows.last()).toContainText('Heparin volume');
    if (scripts) {
      // The focus goes with the line; there it can go no further down, and back up with its other button.
      const moved = rows.last();
      await expect(moved.getByRole('button', { name: /^Down/ })).toBeFocused();
      await page.keyboard.press('Shift+Tab');
      await expect(moved.getByRole('button', { name: /^Up/ })).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(rows.first()).toContainText('Heparin volume');
      await expect(rows.first().getByRole('button', { name: /^Up/ })).toBeFocused();
      await accessible(page, 'a draft with lines to move');
    }
    await page.context().close();
  });

  test(`a draft is tried in the room of the candidates, and nothing is kept, ${how}`, async ({ browser }) => {
    const page = await setterOf(browser, way);
    const draft = await draftPaper(page, { title: `Tried ${n}`, code: `TRIED${n}X`, calculator: true });
    await page.goto(`${draft}/questions`);
    await page.getByLabel('Title of the section').fill('Sums');
    await page.getByRole('button', { name: 'Add the section' }).click();
    await page.locator('.categories').getByRole('link', { name: 'Doses in units' }).click();
    await page.getByLabel('Heparin volume', { exact: true }).check();
    await page.getByLabel('How many questions').fill('2');
    await page.getByRole('button', { name: 'Add the questions' }).click();
    await expect(page.locator('table.selection-rules tbody tr')).toHaveCount(1);

    await page.getByRole('navigation', { name: 'This paper' }).getByRole('link', { name: 'Try as a candidate' }).click();
    await expect(heading(page, 'Try as a candidate')).toBeVisible();
    await arrived(page, scripts);
    await expect(page.getByText('This is a try. Nothing is kept: neither what you answer nor the marks.', { exact: false })).toBeVisible();
    await expect(page.getByRole('heading', { name: /^Question 1 of 2/ })).toBeVisible();
    await box(page).fill('0.001 mL');
    await onward(page).click();
    await expect(page.getByRole('heading', { name: /^Question 2 of 2/ })).toBeVisible();
    await expect(box(page)).toHaveValue('');
    await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: /^Question 1\b/ }).click();
    await expect(page.getByRole('heading', { name: /^Question 1 of 2/ })).toBeVisible();
    await expect(box(page)).toHaveValue('0.001 mL');
    await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: 'Review' }).click();
    await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeVisible();
    await noSidewaysScrolling(page);
    await page.getByRole('button', { name: /^Submit / }).click();
    await expect(page.getByText('You have not passed')).toBeVisible();
    await expect(page.getByText('0.001 mL').first()).toBeVisible();
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'the marks of a try');
    await page.getByRole('link', { name: 'Try it again' }).click();
    await expect(page.getByRole('heading', { name: /^Question 1 of 2/ })).toBeVisible();
    await expect(box(page)).toHaveValue('');
    // No sitting has come of it.
    await page.goto('/assessments/papers');
    await expect(page.getByRole('row').filter({ hasText: `Tried ${n}` })).toContainText('Nobody has started it yet');
    await page.goto('/assessments');
    await expect(page.getByRole('main')).not.toContainText(`Tried ${n}`);
    await page.context().close();
  });

  test(`a published paper is corrected, its code taken away, and closed early, ${how}`, async ({ browser }) => {
    const page = await setterOf(browser, way);
    const paper = await setPaper(page, { title: `Mended ${n}`, code: `MENDED${n}X`, emails: [STUDENTS.setterTried] });
    await page.goto(`${paper}/change`);
    await arrived(page, scripts);
    const part = (name: string) => page.getByRole('region', { name, exact: true });
    const words = part('Correct the title or the instructions');
    await words.getByLabel('Title', { exact: true }).fill(`Put right ${n}`);
    await words.getByRole('button', { name: 'Correct the words' }).click();
    await expect(page.getByRole('alert')).toContainText('Reason: ');
    await expect(words.getByLabel('Title', { exact: true })).toHaveValue(`Put right ${n}`);
    await words.getByLabel('Reason').fill('The wrong name');
    await words.getByRole('button', { name: 'Correct the words' }).click();
    await expect(page.getByText('The title and the instructions are corrected.')).toBeVisible();
    await expect(heading(page, `Put right ${n}`)).toBeVisible();

    await page.goto(`${paper}/change`);
    await arrived(page, scripts);
    const code = part('Access code');
    await code.getByLabel('Access code (optional)').fill('');
    await code.getByLabel('Reason').fill('It was passed on');
    await code.getByRole('button', { name: 'Change the access code' }).click();
    await expect(page.getByText('The access code is removed.')).toBeVisible();

    await page.goto(`${paper}/change`);
    await arrived(page, scripts);
    const close = part('Close now');
    await close.getByLabel('Reason').fill('Everybody has sat it');
    await close.getByRole('button', { name: 'Close the paper now' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await close.getByLabel('I want to close this paper now').check();
    await close.getByRole('button', { name: 'Close the paper now' }).click();
    await expect(page.getByText('This paper is closed.', { exact: false })).toBeVisible();
    await page.goto(`${paper}/change`);
    await arrived(page, scripts);
    const changes = page.locator('.incidents');
    for (const change of [/^Closed early, at /, 'Access code removed', `Title corrected from “Mended ${n}” to “Put right ${n}”`]) {
      await expect(changes.getByText(change)).toBeVisible();
    }
    await expect(part('Close now')).toHaveCount(0);
    if (scripts) await accessible(page, 'a paper that was corrected');

    await page.goto(`${paper}/change`);
    await arrived(page, scripts);
    await page.getByRole('button', { name: 'Put the paper away' }).click();
    await expect(page.getByRole('status').first()).toHaveText('The paper is put away. The list shows it under “Put away”.');
    await expect(page.getByRole('link', { name: `Put right ${n}` })).toHaveCount(0);
    await page.goto('/assessments/papers?show=put-away');
    await arrived(page, scripts);
    await page.getByRole('link', { name: `Put right ${n}` }).click();
    await page.goto(`${paper}/change`);
    await arrived(page, scripts);
    await page.getByRole('button', { name: 'Bring it back into the list' }).click();
    await expect(page.getByRole('status').first()).toHaveText('The paper is back in the list.');
    await expect(page.getByRole('link', { name: `Put right ${n}` })).toBeVisible();
    await page.context().close();
  });
}

test('the pages of a paper lead to each other, and the shown one says so', async ({ browser }) => {
  const page = await setter(browser);
  // Other tests set papers too: more than a page of the list shows.
  await open(page, '/assessments/papers?search=Numeracy+check');
  const row = page.getByRole('row').filter({ hasText: 'Numeracy check, autumn (demo)' });
  await expect(row.getByRole('link', { name: 'Copy', exact: true })).toHaveAttribute('href', /^\/assessments\/papers\/[^/]+\/change#copy-title$/);
  await page.getByRole('link', { name: 'Numeracy check, autumn (demo)' }).click();
  const tabs = page.getByRole('navigation', { name: 'This paper' });
  for (const [tab, title] of [
    ['Candidates', 'Candidates'],
    ['Preview', 'Preview'],
    ['Try as a candidate', 'Try as a candidate'],
    ['Results', 'Results'],
    ['Item analysis', 'Item analysis'],
    ['Change or copy', 'Change or copy'],
  ]) {
    await tabs.getByRole('link', { name: tab, exact: true }).click();
    await expect(heading(page, title)).toBeVisible();
    await expect(tabs.locator('[aria-current="page"]')).toHaveText(tab);
  }
  await tabs.getByRole('link', { name: 'Watch' }).click();
  await expect(heading(page, 'Numeracy check, autumn (demo)')).toBeVisible();
  await expect(tabs.locator('[aria-current="page"]')).toHaveText('Watch');
  // The numbers lead to those whom they count, and back to everybody.
  const submitted = page.locator('dl.counts > div').filter({ hasText: 'Submitted' });
  await submitted.getByRole('link').click();
  await expect(page).toHaveURL(/show=submitted$/);
  await expect(page.getByLabel('Show', { exact: true })).toHaveValue('submitted');
  await submitted.getByRole('link', { name: /^Show everybody/ }).click();
  await expect(page.getByLabel('Show', { exact: true })).toHaveValue('all');
  await page.context().close();
});

for (const way of WAYS) {
  test(`the effect of a correction is seen before anything is corrected, ${way.how}`, async ({ browser }) => {
    const page = await setterOf(browser, way);
    await page.goto('/assessments/papers?search=Numeracy+check');
    await page.getByRole('link', { name: 'Numeracy check, autumn (demo)' }).click();
    await page.getByRole('navigation', { name: 'This paper' }).getByRole('link', { name: 'Item analysis' }).click();
    await expect(heading(page, 'Item analysis')).toBeVisible();
    await arrived(page, way.scripts);
    // The table on top leads to each question.
    const first = page.locator('.item-table').getByRole('link', { name: 'Question 1', exact: true });
    await expect(first).toHaveAttribute('href', '#question-1');
    const corrections = await page.getByRole('region', { name: 'Corrections', exact: true }).count();
    await page.locator('#question-1 details.correction > summary').first().click();
    const form = page.locator('#question-1 details.correction').first();
    await form.getByLabel('Take the question out: everybody gets its marks').check();
    await form.getByRole('button', { name: 'See what would change' }).click();
    await expect(page.locator('#question-1').getByText(/^(\d+ of \d+ sittings would have other marks: |No marks would change: )/)).toBeVisible();
    // It is asked about as it was chosen, and nothing is corrected.
    await expect(form.getByLabel('Take the question out: everybody gets its marks')).toBeChecked();
    await expect(form.getByLabel(/^Everybody is marked again/)).not.toBeChecked();
    await expect(page.getByRole('region', { name: 'Corrections', exact: true })).toHaveCount(corrections);
    await expect(page.locator('#question-1').getByText('Taken out', { exact: true })).toHaveCount(0);
    // A right answer that cannot be is told beside its field.
    await form.getByLabel('Correct the right answer').check();
    await form.getByLabel('Right answer', { exact: true }).fill('');
    await form.getByRole('button', { name: 'See what would change' }).click();
    await expect(page.getByRole('alert')).toContainText('Right answer: ');
    await noSidewaysScrolling(page);
    await page.context().close();
  });
}

test('a line is dragged to its place in one request, a drag that is given up changes nothing, and the new place is told', async ({ browser }) => {
  const page = await setterOf(browser, WAYS[0]);
  const draft = await draftPaper(page, { title: 'Dragged', code: 'DRAGGED1' });
  await page.goto(`${draft}/questions`);
  await page.getByLabel('Title of the section').fill('Sums');
  await page.getByRole('button', { name: 'Add the section' }).click();
  const rows = page.locator('table.selection-rules tbody tr');
  for (const questions of [1, 2, 3]) {
    if (questions > 1) {
      await open(page, `${draft}/questions`);
      await page.getByText('Add questions', { exact: false }).first().click();
    }
    await page.getByLabel('About').selectOption({ label: 'Doses in units' });
    await page.getByLabel('How many questions').fill(`${questions}`);
    await page.getByRole('button', { name: 'Add the questions' }).click();
    await expect(rows).toHaveCount(questions);
  }
  await open(page, `${draft}/questions`);
  // By the number of questions, which only one line has.
  const stand = (order: string[]) => expect(rows.locator('td.number')).toHaveText(order.flatMap((questions) => [questions, '1']));
  await stand(['1', '2', '3']);

  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/assessment/move_rule')) sent.push(request.postData() ?? '');
  });
  const middle = async (target: Locator) => {
    const { x, y, width, height } = (await target.boundingBox())!;
    return { x: x + width / 2, y: y + height / 2 };
  };
  /** Holds a line by its handle, over another. */
  const hold = async (from: number, over: number) => {
    await rows.nth(1).evaluate((row) => row.scrollIntoView({ block: 'center', behavior: 'instant' }));
    const handle = await middle(rows.nth(from).locator('.drag-handle'));
    const there = await middle(rows.nth(over));
    await page.mouse.move(handle.x, handle.y);
    await page.mouse.down();
    await page.mouse.move(handle.x, there.y + (over > from ? 6 : -6), { steps: 5 });
  };
  const marks = page.locator('[data-dragged], [data-drop]');

  await hold(0, 2);
  await expect(rows.nth(2)).toHaveAttribute('data-drop', 'below');
  await page.mouse.up();
  await stand(['2', '3', '1']);
  await expect(marks).toHaveCount(0);
  expect(sent).toHaveLength(1);
  expect(new URLSearchParams(sent[0]).getAll('go')).toEqual(['3']);
  await expect(page.getByRole('status').filter({ hasText: /^Doses in units, place 3 of 3$/ })).toHaveCount(1);
  await expect(rows.nth(2).getByRole('button', { name: /^Up/ })).toBeFocused();

  await hold(2, 1);
  await expect(rows.nth(1)).toHaveAttribute('data-drop', 'above');
  await page.mouse.up();
  await stand(['2', '1', '3']);
  expect(sent).toHaveLength(2);

  // Given up, and put back where it was.
  await hold(0, 2);
  await page.keyboard.press('Escape');
  await expect(marks).toHaveCount(0);
  await page.mouse.up();
  await hold(0, 2);
  const back = await middle(rows.nth(0));
  await page.mouse.move(back.x, back.y, { steps: 3 });
  await page.mouse.up();
  await stand(['2', '1', '3']);
  expect(sent).toHaveLength(2);

  // The buttons tell it too.
  await rows.nth(0).getByRole('button', { name: /^Down/ }).click();
  await stand(['1', '2', '3']);
  await expect(page.getByRole('status').filter({ hasText: /^Doses in units, place 2 of 3$/ })).toHaveCount(1);

  // Another window has moved a line since: nothing is moved, and the page shows what stands.
  const other = await page.context().newPage();
  await open(other, `${draft}/questions`);
  await other.locator('table.selection-rules tbody tr').nth(0).getByRole('button', { name: /^Down/ }).click();
  await expect(other.getByRole('status').filter({ hasText: /place 2 of 3$/ })).toHaveCount(1);
  await hold(2, 0);
  await page.mouse.up();
  await expect(page.getByRole('heading', { name: 'What stands now' })).toBeVisible();
  await stand(['2', '1', '3']);
  await accessible(page, 'a draft with lines to drag');
  await page.context().close();
});
