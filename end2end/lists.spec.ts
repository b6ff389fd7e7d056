import { readFileSync } from 'node:fs';
import type { Browser, Download, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { demo, paperCalled, sixty } from './support/database';
import { SETTER, draftPaper, setPaper } from './support/exam';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
import { LEAD, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';

/** Each journey runs with scripts and without. */
const WAYS = [true, false];

async function arrived(page: Page, scripts: boolean) {
  if (scripts) await hydrated(page);
  else await asDrawn(page);
}

async function someone(browser: Browser, email: string, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts });
  const page = await context.newPage();
  await signIn(page, email);
  return page;
}

async function taken(page: Page, link: string): Promise<Download> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link }).click()]);
  return file;
}

async function lines(file: Download): Promise<string[]> {
  return readFileSync(await file.path(), 'utf8').replace('\u{feff}', '').trimEnd().split('\r\n');
}

for (const scripts of WAYS) {
  const how = scripts ? 'with scripts' : 'without scripts';

  test(`the students of a cohort are searched, sorted, paged, printed and downloaded, ${how}`, async ({ browser }) => {
    const page = await someone(browser, TUTOR, scripts);
    const cohort = `/cohorts/${demo('cohort')}`;
    await page.goto(cohort);
    await arrived(page, scripts);
    const rows = page.locator('table.students tbody tr');
    await expect(page.getByText('68 students', { exact: true })).toBeVisible();
    await expect(page.getByText('This page shows 50 of 68 students. More students are on the next page.')).toBeVisible();
    await expect(rows).toHaveCount(50);

    // The heading reverses the order, and the second page continues after the first.
    await page.locator('#sort-name').click();
    await expect(page.getByRole('columnheader', { name: /^Student/ })).toHaveAttribute('aria-sort', 'descending');
    await arrived(page, scripts);
    const names = async () => rows.locator('th').evaluateAll((cells) => cells.map((cell) => cell.firstChild!.textContent!));
    const first = await names();
    await page.getByRole('link', { name: /More students/ }).click();
    await expect(page.getByText('This page shows 18 of 68 students.', { exact: true })).toBeVisible();
    // The address of the page, which stays in the history, names nobody.
    expect(new URL(page.url()).searchParams.get('after')).toMatch(/^[\w-]+$/);
    await arrived(page, scripts);
    const all = [...first, ...(await names())];
    expect(all).toHaveLength(68);
    expect(new Set(all).size).toBe(68);

    // The page to print has the whole list.
    await page.getByRole('link', { name: 'Show as one page to print' }).click();
    await expect(rows).toHaveCount(68);
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByText('This page is to be printed')).toBeHidden();
    await expect(rows.last()).toBeVisible();
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await expect(rows).toHaveCount(50);
    await arrived(page, scripts);

    // The file has all found rows and no others.
    await page.getByLabel('Name or e-mail address').fill('student00');
    await page.getByLabel('State', { exact: true }).selectOption('All');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('status').first()).toContainText('of 68 students match “student00”.');
    await arrived(page, scripts);
    await expect(page.getByRole('columnheader', { name: /^Student/ })).toHaveAttribute('aria-sort', 'descending');
    const found = await rows.count();
    const csv = await taken(page, 'as CSV');
    expect(csv.suggestedFilename()).toMatch(new RegExp(`-${found}-students?\\.csv$`));
    expect(await lines(csv)).toHaveLength(found + 1);
    const xlsx = await taken(page, `Download ${found} student`);
    expect(xlsx.suggestedFilename()).toMatch(/\.xlsx$/);
    expect(readFileSync(await xlsx.path()).subarray(0, 2).toString()).toBe('PK');

    if (scripts) {
      // On a telephone the results are below the form: how many there are comes into sight, and the field keeps the focus.
      const size = page.viewportSize()!;
      await page.setViewportSize({ width: 320, height: 568 });
      await page.evaluate(() => window.scrollTo(0, 0));
      await expect(page.locator('#found')).not.toBeInViewport();
      await page.getByLabel('Name or e-mail address').press('Enter');
      await expect(page.locator('#found')).toBeInViewport();
      await expect(page.getByLabel('Name or e-mail address')).toBeFocused();
      await page.setViewportSize(size);
    }

    // Every filter narrows the list and its file.
    await page.getByLabel('State', { exact: true }).selectOption('In progress');
    await page.getByLabel('Team', { exact: true }).fill('EMERGENCY department');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('status').first()).toContainText('of 68 students match “student00” and what you chose.');
    await arrived(page, scripts);
    const narrowed = await rows.count();
    expect(narrowed).toBeLessThan(found);
    await expect(rows.filter({ hasText: 'Emergency department' })).toHaveCount(narrowed);
    expect(await lines(await taken(page, 'as CSV'))).toHaveLength(narrowed + 1);

    await page.getByLabel('State', { exact: true }).selectOption('Not yet started');
    await page.getByLabel('Name or e-mail address').fill('nobody of this name');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText('Nobody among the 68 students matches “nobody of this name” and what you chose.')).toBeVisible();
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect(page.getByText('68 students', { exact: true })).toBeVisible();
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`who has completed what is searched, filtered, sorted, printed and downloaded, ${how}`, async ({ browser }) => {
    const page = await someone(browser, LEAD, scripts);
    await page.goto(`/organisation/${demo('slug')}`);
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'Who has completed what' }).click();
    await expect(heading(page, 'Who has completed what')).toBeVisible();
    await arrived(page, scripts);
    const rows = page.locator('table.records tbody tr');
    await expect(rows).toHaveCount(50);
    await expect(page.getByText(/^This page shows 50 of \d+ records/)).toBeVisible();
    await expect(page.getByLabel('Team', { exact: true })).toHaveAttribute('list', 'team-names');
    await expect(page.locator('#team-names option[value="Community nursing"]')).toHaveCount(1);

    // Other journeys add people to this university, and none of these.
    await page.getByLabel('Name, e-mail address or student number').fill('student00');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('status').first()).toContainText(/^7 of \d+ records match “student00”/);
    await arrived(page, scripts);
    await expect(rows).toHaveCount(7);
    const counts = await page.locator('dl.counts dd').allInnerTexts();
    expect(counts.reduce((sum, each) => sum + Number(each), 0)).toBe(7);
    await page.locator('#sort-completed').click();
    await expect(page.getByRole('columnheader', { name: /^Modules completed/ })).toHaveAttribute('aria-sort', 'descending');
    await arrived(page, scripts);
    const completed = (await rows.locator('td.number').allInnerTexts()).map((text) => Number(text.split(' ')[0]));
    expect(completed).toEqual([...completed].sort((one, other) => other - one));

    await page.getByLabel('Team', { exact: true }).fill('COMMUNITY nursing');
    await page.getByLabel('Cohort', { exact: true }).fill('independent prescribing, SEPTEMBER 2026');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('status').first()).toContainText('match “student00” and what you chose.');
    await arrived(page, scripts);
    const found = await rows.count();
    expect(found).toBeGreaterThan(0);
    await expect(rows.filter({ hasText: 'Community nursing' }).filter({ hasText: 'September 2026' })).toHaveCount(found);
    expect(await lines(await taken(page, 'as CSV'))).toHaveLength(found + 1);
    expect((await taken(page, `Download ${found} record`)).suggestedFilename()).toMatch(new RegExp(`-${found}-records?\\.xlsx$`));
    await page.getByRole('link', { name: 'Show as one page to print' }).click();
    await expect(page.getByText('This page is to be printed')).toBeVisible();
    await expect(page.getByText('Cohort independent prescribing, SEPTEMBER 2026; Team COMMUNITY nursing')).toBeVisible();
    await expect(page.getByText(/^As of \d+ \w+ \d{4} at /)).toBeVisible();
    await expect(rows).toHaveCount(found);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await expect(page.getByText('This page is to be printed')).toBeHidden();
    await arrived(page, scripts);

    await page.getByLabel('Area', { exact: true }).fill('no such area');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText(/^None of the \d+ records matches “student00” and what you chose\./)).toBeVisible();
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'a report with nothing found');
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect(rows).toHaveCount(50);
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'who has completed what');
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`the results of a paper are filtered, sorted and downloaded, ${how}`, async ({ browser }) => {
    const page = await someone(browser, SETTER, scripts);
    await page.goto(`/assessments/papers/${paperCalled('Numeracy check, autumn (demo)')}/results`);
    await arrived(page, scripts);
    const rows = page.locator('table.result-list tbody tr');
    const counts = page.locator('dl.counts');
    const [shown, sums] = [await rows.count(), await counts.innerText()];
    await page.locator('#sort-mark').click();
    await expect(page.getByRole('columnheader', { name: /^Mark/ })).toHaveAttribute('aria-sort', 'descending');
    await arrived(page, scripts);
    await page.getByLabel('Show', { exact: true }).selectOption('Passed');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('status').first()).toContainText('match what you chose.');
    await arrived(page, scripts);
    const passed = await rows.count();
    expect(passed).toBeLessThan(shown + 1);
    await expect(rows.filter({ hasText: 'Not passed' })).toHaveCount(0);
    const letter = page.getByRole('link', { name: /^Write to the \d+ candidates? shown here$/ });
    await expect(letter).toHaveCount(0);
    // The figures cover all candidates, whatever the list shows.
    expect(await counts.innerText()).toBe(sums);
    const csv = await taken(page, 'as CSV');
    expect(csv.suggestedFilename()).toContain('result');
    expect((await lines(csv))[0]).toContain('Submitted (UK time)');
    const xlsx = await taken(page, ' as XLSX');
    expect(xlsx.suggestedFilename()).toMatch(/\.xlsx$/);
    if (scripts) await accessible(page, 'results, filtered and sorted');
    await page.getByLabel('Show', { exact: true }).selectOption('Not passed');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(rows.filter({ hasNotText: 'Not passed' })).toHaveCount(0);
    await expect(letter).toHaveAttribute('href', /^mailto:\?bcc=[^&]+%40[^&]+&subject=Numeracy%20check%2C%20autumn%20%28demo%29$/);
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`the candidates of a running paper are counted, searched, filtered, sorted and paged, ${how}`, async ({ browser }) => {
    const page = await someone(browser, SETTER, scripts);
    const emails = Array.from({ length: 60 }, (_, n) => `sits${`${n}`.padStart(2, '0')}@list.example`);
    const code = scripts ? 'SITTINGON' : 'SITTINGOFF';
    const paper = await setPaper(page, { title: `A running list, ${how}`, code, emails });
    await page.goto(paper);
    await arrived(page, scripts);
    const rows = page.locator('table.candidates tbody tr');
    const counts = page.locator('dl.counts');
    await expect(rows).toHaveCount(50);
    await expect(page.locator('#now > .hint').first()).toHaveText(scripts ? /^Kept up to date while this page is open, last at ./ : /^As it was at ./);
    await expect(page.getByText('This page shows 50 of 60 rows. More rows are on the next page.')).toBeVisible();
    const sums = (await counts.locator('dt, dd:not(.way)').allInnerTexts()).join(' ');
    expect(sums).toBe('Not started 60 Sitting 0 Submitted 0');
    await page.getByRole('link', { name: /More rows/ }).click();
    await expect(rows).toHaveCount(10);
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'First rows' }).click();
    await expect(rows).toHaveCount(50);
    await arrived(page, scripts);
    await page.locator('#sort-name').click();
    await expect(page.getByRole('columnheader', { name: /^Candidate/ })).toHaveAttribute('aria-sort', 'descending');
    await expect(rows.first()).toContainText('sits59@list.example');
    await arrived(page, scripts);
    await page.getByLabel('Name or e-mail address').fill('sits1');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText('10 of 60 rows match “sits1”.')).toBeVisible();
    await expect(rows).toHaveCount(10);
    await arrived(page, scripts);
    // The numbers above are of the whole paper, whatever the list shows, and the page keeps them current.
    expect((await counts.locator('dt, dd:not(.way)').allInnerTexts()).join(' ')).toBe(sums);
    await page.getByLabel('Show', { exact: true }).selectOption('Sitting');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText('None of the 60 rows matches “sits1” and what you chose.')).toBeVisible();
    await arrived(page, scripts);
    if (scripts) {
      const fetched = await page.waitForRequest('**/api/assessment/load_invigilation');
      expect(decodeURIComponent(fetched.postData() ?? '')).toContain('show=sitting');
      await accessible(page, 'candidates of a running paper, filtered');
    }
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect(rows).toHaveCount(50);
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`candidates are searched, chosen and removed from a paper, ${how}`, async ({ browser }) => {
    const page = await someone(browser, SETTER, scripts);
    const code = scripts ? 'LISTON' : 'LISTOFF';
    const candidates = `${await draftPaper(page, { title: `A list of candidates, ${how}`, code })}/candidates`;
    await page.goto(candidates);
    await arrived(page, scripts);
    const emails = Array.from({ length: 60 }, (_, n) => `person${`${n}`.padStart(2, '0')}@list.example`);
    const typed = page.getByLabel('Learners by e-mail address (optional)');
    const cohort = page.getByRole('group', { name: /^Cohorts of/ }).getByRole('checkbox').first();
    await typed.fill(emails.join('\n'));
    await cohort.check();
    await page.getByRole('button', { name: 'Save the candidates' }).click();
    await expect(page).not.toHaveURL(/candidates/);
    await expect(page.getByText('The candidates are saved: 1 cohort, 60 learners by address.')).toBeVisible();
    await page.goto(candidates);
    await arrived(page, scripts);
    // The box is for more of them: those who are on the paper are in the list.
    await expect(typed).toHaveValue('');
    const rows = page.locator('table.named tbody tr');
    await expect(rows).toHaveCount(50);
    const search = page.getByRole('button', { name: 'Search' });
    const remove = page.getByRole('button', { name: 'Remove the ticked candidates' });
    const box = (email: string) => page.getByRole('checkbox', { name: `Choose ${email}` });
    const removed = page.getByText('The ticked candidates are taken off the paper.');

    // What is ticked stays so on the next page and in a search, and is removed with what is ticked there.
    await box('person05@list.example').check();
    if (scripts) await page.getByRole('link', { name: /More candidates/ }).click();
    else await page.getByRole('button', { name: 'More candidates, and keep what is ticked' }).click();
    await expect(rows).toHaveCount(10);
    await arrived(page, scripts);
    const elsewhere = page.getByText('1 is chosen on other pages.');
    await expect(elsewhere).toBeVisible();
    await box('person55@list.example').check();
    if (scripts) {
      await expect(page.getByText('2 are chosen: 1 on this page, 1 on other pages.')).toBeVisible();
      await box('person55@list.example').uncheck();
      await page.getByLabel('E-mail address or name').fill('person5');
      await search.click();
      await expect(page.getByText('10 of 60 candidates match “person5”.')).toBeVisible();
      await expect(elsewhere).toBeVisible();
      await page.getByRole('button', { name: 'Clear the choice' }).click();
      await expect(page.getByText('None is chosen.')).toBeVisible();
      await page.getByRole('link', { name: 'Show all' }).click();
      await expect(rows).toHaveCount(50);
      await expect(box('person05@list.example')).not.toBeChecked();
      await box('person05@list.example').check();
      await page.getByRole('link', { name: /More candidates/ }).click();
      await expect(rows).toHaveCount(10);
      await box('person55@list.example').check();
    }
    await remove.click();
    await expect(page.getByRole('alert')).toContainText('Tick the box to confirm');
    await expect(box('person55@list.example')).toBeChecked();
    await page.getByLabel('Remove the ticked candidates from this paper').check();
    await remove.click();
    await expect(removed).toBeVisible();
    await expect(page.getByText('58 candidates', { exact: true })).toBeVisible();
    await expect(page.getByText('person05@list.example', { exact: true })).toHaveCount(0);
    await page.goto(candidates);
    await arrived(page, scripts);

    await page.getByRole('link', { name: /More candidates/ }).click();
    await expect(rows).toHaveCount(8);
    await arrived(page, scripts);
    if (scripts) await typed.fill('not-saved@list.example');
    await page.getByLabel('E-mail address or name').fill('person1');
    await search.scrollIntoViewIfNeeded();
    await search.click();
    await expect(page.getByText('10 of 58 candidates match “person1”.')).toBeVisible();
    if (scripts) {
      // What was found comes into sight, and the search stays in it.
      await expect(page.getByText('10 of 58 candidates match “person1”.')).toBeInViewport();
      await expect(page.getByLabel('E-mail address or name')).toBeInViewport();
      // What was typed beside the list is still there.
      await expect(typed).toHaveValue('not-saved@list.example');
      await page.reload();
    }
    await arrived(page, scripts);

    await remove.click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('Tick at least one');
    await expect(alert).toContainText('Tick the box to confirm');
    // The refusal says nothing about the boxes of the other form.
    await expect(cohort).toBeChecked();
    if (scripts) {
      await page.getByRole('checkbox', { name: 'Choose all that are shown here' }).check();
      await expect(page.getByText('10 are chosen.')).toBeVisible();
      await box('person10@list.example').uncheck();
      await expect(page.getByText('9 are chosen.')).toBeVisible();
      await accessible(page, 'candidates, chosen');
    } else {
      for (let n = 11; n < 20; n += 1) await box(`person${n}@list.example`).check();
    }
    await page.getByLabel('Remove the ticked candidates from this paper').check();
    await remove.click();
    await expect(removed).toBeVisible();
    // The list is still searched.
    await expect(page.getByText('1 of 49 candidates matches “person1”.')).toBeVisible();
    await expect(page.getByLabel('E-mail address or name')).toHaveValue('person1');
    if (scripts) {
      // Loaded again the page does not say again what was done, and is still searched.
      await expect(page).not.toHaveURL(/done=/);
      await page.reload();
      await expect(page.getByText('1 of 49 candidates matches “person1”.')).toBeVisible();
      await expect(removed).toHaveCount(0);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`extra time is searched, filtered, sorted, printed, downloaded and taken back, ${how}`, async ({ browser }) => {
    const mark = scripts ? 'timed-on-' : 'timed-off-';
    sixty('extra time', mark);
    const page = await someone(browser, SETTER, scripts);
    await page.goto(`/assessments/adjustments/${demo('organisation')}`);
    await arrived(page, scripts);
    const rows = page.locator('table.adjustments tbody tr');
    const status = page.getByRole('status').first();
    await page.getByLabel('Extra minutes').fill('17');
    await page.getByLabel('Name or e-mail address').fill(mark.toUpperCase());
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(status).toContainText(/^60 of \d+ adjustments match/);
    // With scripts, what was typed beside the list is still there.
    await expect(page.getByLabel('Extra minutes')).toHaveValue(scripts ? '17' : '');
    if (scripts) await page.reload();
    await arrived(page, scripts);
    await expect(rows).toHaveCount(50);
    await page.getByRole('link', { name: /More adjustments/ }).click();
    await expect(rows).toHaveCount(10);
    await arrived(page, scripts);

    await page.locator('#sort-extra-time').click();
    await expect(page.getByRole('columnheader', { name: /^Extra time/ })).toHaveAttribute('aria-sort', 'descending');
    await expect(rows.first()).toContainText('60% extra time');
    await arrived(page, scripts);
    await page.getByLabel('Show', { exact: true }).selectOption('People with rest breaks');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(status).toContainText(/^6 of /);
    await expect(rows.first()).toContainText(`${mark}50@list.example`);
    await arrived(page, scripts);
    const csv = await taken(page, 'as CSV');
    expect(csv.suggestedFilename()).toMatch(/-6-adjustments\.csv$/);
    const [head, first] = await lines(csv);
    expect(head).toContain('Extra time in %');
    expect(first).toBe(`${mark}50@list.example,,51,0,5`);
    const xlsx = await taken(page, 'Download 6 adjustments as XLSX');
    expect(readFileSync(await xlsx.path()).subarray(0, 2).toString()).toBe('PK');
    await page.getByRole('link', { name: 'Show as one page to print' }).click();
    await expect(page.getByText('This page is to be printed')).toBeVisible();
    await expect(rows).toHaveCount(6);
    await expect(page.getByText('Take back')).toHaveCount(0);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await expect(page.getByText('Take back').first()).toBeVisible();
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'extra time, filtered and sorted');

    // The form has what a chosen person has, and the list stays as it was searched.
    await page.getByRole('link', { name: `Change what ${mark}50@list.example has` }).click();
    await expect(page.getByLabel('E-mail address', { exact: true })).toHaveValue(`${mark}50@list.example`);
    await expect(page.getByLabel('Extra time in % of the time limit')).toHaveValue('51');
    await expect(rows).toHaveCount(6);
    await arrived(page, scripts);
    await rows.first().getByText('Take back').click();
    await rows.first().getByRole('button', { name: 'Yes, take all of it back' }).click();
    await expect(page.getByText('The extra time and rest breaks are taken back.')).toBeVisible();
    await expect(page.getByText(/^5 of \d+ adjustments match/)).toBeVisible();
    await expect(page.getByText(`${mark}50@list.example`)).toHaveCount(0);
    await arrived(page, scripts);
    await page.getByText('Set it for a list of people').click();
    await page.getByLabel('One person a line').fill('nobody@nowhere, 25');
    await page.getByRole('button', { name: 'Set it for all of them' }).click();
    await expect(page.getByRole('alert')).toContainText('Check line 1: there is no e-mail address in it');
    await expect(page.getByLabel('One person a line')).toHaveValue('nobody@nowhere, 25');
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`an organisation's own templates are searched, filtered, sorted, downloaded and brought back, ${how}`, async ({ browser }) => {
    const mark = scripts ? 'kept-on-' : 'kept-off-';
    sixty('templates', mark);
    const page = await someone(browser, SETTER, scripts);
    await page.goto(`/assessments/questions/${demo('organisation')}`);
    await arrived(page, scripts);
    const rows = page.locator('table.templates tbody tr');
    const show = async (what: string) => {
      await page.getByLabel('Show', { exact: true }).selectOption(what);
      await page.getByRole('button', { name: 'Search' }).click();
    };
    await page.getByLabel('Id, or words of the question').fill(mark);
    await show('Retired templates');
    const found = page.getByText(/^60 of \d+ templates match/);
    await expect(found).toBeVisible();
    await arrived(page, scripts);
    await expect(rows).toHaveCount(50);
    await page.locator('#sort-name').click();
    await expect(page.getByRole('columnheader', { name: /^Template/ })).toHaveAttribute('aria-sort', 'ascending');
    await expect(rows.first()).toContainText(`${mark}01`);
    await arrived(page, scripts);
    await page.getByRole('link', { name: /More templates/ }).click();
    await expect(rows).toHaveCount(10);
    await expect(rows.last()).toContainText(`${mark}60`);
    await arrived(page, scripts);
    const csv = await taken(page, 'as CSV');
    expect(csv.suggestedFilename()).toMatch(/-60-templates\.csv$/);
    const all = await lines(csv);
    expect(all[0]).toBe('Template,Category,Difficulty,State');
    expect(all).toHaveLength(61);

    await page.getByRole('button', { name: `Bring back ${mark}60` }).click();
    await expect(page.getByText('The template is back.')).toBeVisible();
    await expect(page.getByText(/^59 of \d+ templates match/)).toBeVisible();
    await arrived(page, scripts);
    await show('Templates in use');
    await expect(page.getByText(/^1 of \d+ templates match/)).toBeVisible();
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'templates, filtered and sorted');
    await page.getByRole('button', { name: `Retire ${mark}60` }).click();
    await expect(page.getByText('The template is retired.')).toBeVisible();
    await expect(page.getByText(/^None of the \d+ templates matches/)).toBeVisible();
    await page.getByRole('link', { name: 'Show all' }).click();
    await expect(page.getByText(/^\d+ templates$/)).toBeVisible();
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();
  });

  test(`support searches for an organisation and goes on from there, ${how}`, async ({ browser }) => {
    const mark = scripts ? 'Alpha' : 'Beta';
    sixty('organisations', mark);
    const page = await someone(browser, 'support@demo.example', scripts);
    await page.goto('/assessments/papers');
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'Choose an organisation' }).click();
    await expect(heading(page, 'Organisations')).toBeVisible();
    await arrived(page, scripts);
    const rows = page.locator('table.organisations tbody tr');
    // The accent is not typed.
    await page.getByLabel('Name of the organisation').fill(`education ${mark.toLowerCase()}`);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText(/^60 of \d+ organisations match/)).toBeVisible();
    await arrived(page, scripts);
    await expect(rows).toHaveCount(50);
    await page.getByRole('link', { name: /More organisations/ }).click();
    await expect(rows).toHaveCount(10);
    await arrived(page, scripts);
    await page.getByLabel('Show', { exact: true }).selectOption('Employers');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(rows).toHaveCount(20);
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'organisations');
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);

    const name = `Éducation ${mark} 07`;
    const list = page.url();
    await page.getByRole('link', { name: `Create a paper of ${name}` }).click();
    await expect(page.getByText(`It will be a paper of ${name}.`)).toBeVisible();
    await page.goto(list);
    await page.getByRole('link', { name: `Question bank of ${name}` }).click();
    await expect(heading(page, 'Question bank')).toBeVisible();
    await expect(page.getByText('There are none yet.')).toBeVisible();
    await page.goto(list);
    await page.getByRole('link', { name: `Extra time of ${name}` }).click();
    await expect(heading(page, 'Why do you look at this?')).toBeVisible();
    await arrived(page, scripts);
    await page.getByLabel('Reason').fill('They asked for help');
    await page.getByRole('button', { name: 'Open the page' }).click();
    await expect(page.getByText('Nobody has extra time or rest breaks from your organisation yet.')).toBeVisible();
    await page.context().close();
  });
}
