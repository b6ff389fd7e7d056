import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { answerAll, submit } from './support/check';
import { courseTitle, modules } from './support/content';
import { demo } from './support/database';
import { linkFor } from './support/mail';
import { arrivedAt, asDrawn, heading, hydrated, isSameDocument, markDocument, next, noSidewaysScrolling, open } from './support/page';
import { LEAD, signIn } from './support/people';
import { expect, test } from './support/test';

const ORGANISATION = `/organisation/${demo('slug')}`;
const HEADINGS = 'First name,Surname,E-mail,Student number,Team,Cohort';
const COHORT = 'Independent prescribing, January 2027';

interface Row {
  right: string;
  /** What stands in the file, where it is not that. */
  wrong?: string;
}

/** 300 rows, of which 12 have a fault each. `mark` makes the people of one test others than those of another. */
function people(mark: string, inCohort = COHORT): Row[] {
  const row = (n: number, change: Partial<Record<'first' | 'last' | 'email' | 'number' | 'team' | 'cohort', string>> = {}) => {
    const own = { first: `Ada${letters(n)}`, last: 'Lovelace', email: `${mark}${n}@uploaded.example`, number: number(mark, n), team: 'Ward 7', cohort: inCohort };
    const { first, last, email, number: studentNumber, team, cohort } = { ...own, ...change };
    return [first, last, email, studentNumber, team, `"${cohort}"`].join(',');
  };
  const faults: Parameters<typeof row>[1][] = [
    { first: '' },
    { last: '' },
    { last: '12' },
    { email: '' },
    { email: 'nobody' },
    { email: 'a b@uploaded.example' },
    // The same as the first row.
    { first: `Ada${letters(0)}`, email: `${mark}0@uploaded.example`, number: number(mark, 0) },
    { number: '7.5' },
    { number: '1.23457E+11' },
    { number: '1234567890123450' },
    { team: 'x'.repeat(101) },
    { cohort: 'A cohort that is not there' },
  ];
  return Array.from({ length: 300 }, (_, n) => {
    const fault = n % 25 === 24 ? faults[(n - 24) / 25] : undefined;
    return { right: row(n), wrong: fault && row(n, fault) };
  });
}

/** Each test has numbers of its own: an organisation gives each once. */
function number(mark: string, n: number): string {
  return `${mark.charCodeAt(0)}${String(n).padStart(5, '0')}`;
}

function letters(n: number): string {
  return String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26));
}

async function someone(browser: Browser, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts });
  const page = await context.newPage();
  await signIn(page, LEAD);
  return page;
}

async function upload(page: Page, text: string, scripts: boolean, organisation = ORGANISATION): Promise<string> {
  await page.goto(`${organisation}/uploads`);
  await arrived(page, scripts);
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByLabel(/^I may share these names/).check();
  await page.getByRole('button', { name: 'Upload and look at it' }).click();
  await expect(heading(page, 'people.csv')).toBeVisible();
  await arrived(page, scripts);
  return arrivedAt(page, /\/uploads\/[0-9a-f-]{36}$/);
}

/** Downloads the 12 rows to correct, and returns their file with what is right in its place. */
async function correctedRows(page: Page, all: Row[]): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download 12 rows to correct/ }).click()]);
  const failed = readFileSync(await file.path(), 'utf8').replace('\u{feff}', '').trimEnd().split('\r\n');
  expect(failed).toHaveLength(13);
  expect(failed[0]).toBe(`${HEADINGS},What to do`);
  // The row of the file, from what the file of failed rows says of each.
  const numbers = failed.slice(1).map((line) => Number(/Row (\d+)/.exec(line)![1]));
  return [failed[0], ...numbers.map((number) => `${all[number - 2].right},corrected`)].join('\r\n');
}

async function arrived(page: Page, scripts: boolean) {
  if (scripts) await hydrated(page);
  else await asDrawn(page);
}

/** Opens what the columns tell, and has the file read again by it. */
async function readAgain(page: Page) {
  await page.getByText('What the columns tell', { exact: true }).click();
  await page.getByRole('button', { name: 'Read the file again' }).click();
}

/** Waits for the job: the page says by itself, or when it is loaded again. */
async function done(page: Page, scripts: boolean, words: string) {
  if (scripts) {
    await expect(page.getByRole('status').filter({ hasText: words })).toBeVisible({ timeout: 60_000 });
  } else {
    await expect(async () => {
      await page.reload();
      await expect(page.getByRole('status').filter({ hasText: words })).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 60_000 });
  }
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';

  test(`300 people are uploaded, of whom 12 are corrected and follow, ${how}`, async ({ browser }) => {
    const page = await someone(browser, scripts);
    const all = people(scripts ? 'q' : 'z');
    await upload(page, [HEADINGS, ...all.map((row) => row.wrong ?? row.right)].join('\r\n'), scripts);
    await expect(page.locator('.upload-counts')).toHaveText(/New\s*288 rows.*To correct\s*12 rows/s);
    if (scripts) await accessible(page, 'the preview of an upload');
    await noSidewaysScrolling(page);

    // Each wrong row says its number, its column and what to do.
    await page.getByLabel('Show').selectOption({ label: 'To correct' });
    await page.getByRole('button', { name: 'Search' }).click();
    const rows = page.locator('table.upload-rows tbody tr');
    await expect(rows).toHaveCount(12);
    await expect(rows.first()).toContainText('26');
    await expect(rows.first()).toContainText('First name: enter the first name');
    await expect(rows.last()).toContainText('make the cohort first');
    const corrected = await correctedRows(page, all);

    await page.getByRole('button', { name: 'Take in 288 rows' }).click();
    await done(page, scripts, '288 new, 0 changed, 0 already here.');
    if (scripts) await accessible(page, 'an upload that is done');

    const second = await upload(page, corrected, scripts);
    await expect(page.locator('.upload-counts')).toHaveText(/New\s*12 rows.*To correct\s*0 rows/s);
    // Another window shows the same list.
    const other = await page.context().newPage();
    await other.goto(second);
    await arrived(other, scripts);
    await page.getByRole('button', { name: 'Take in 12 rows' }).click();
    await done(page, scripts, '12 new, 0 changed, 0 already here.');
    await other.getByRole('button', { name: 'Take in 12 rows' }).click();
    await expect(other.getByText('This upload was confirmed already')).toBeVisible();
    await expect(other.getByText('12 new, 0 changed, 0 already here.')).toBeVisible();
    await expect(other.getByRole('button', { name: 'Take in 12 rows' })).toHaveCount(0);
    await other.close();

    // All of the first file once more changes nothing.
    await upload(page, [HEADINGS, ...all.map((row) => row.right)].join('\r\n'), scripts);
    await expect(page.locator('.upload-counts')).toHaveText(/New\s*0 rows.*Already here\s*300 rows/s);
    await page.getByRole('button', { name: 'Destroy the file and take nothing' }).click();
    await expect(page.getByText('The file is destroyed. Nothing was taken from it.')).toBeVisible();

    await page.goto(`${ORGANISATION}/people?search=${scripts ? 'q' : 'z'}2%40uploaded&state=pending`);
    await arrived(page, scripts);
    await expect(page.locator('table.members tbody tr')).toHaveCount(1);
    await expect(page.locator('table.members tbody tr')).toContainText(COHORT);

    // The second upload is undone: who came with it and has not activated goes.
    await page.goto(second);
    await arrived(page, scripts);
    await page.getByText('Undo this upload').click();
    await page.getByRole('button', { name: 'Yes, take them back' }).click();
    await done(page, scripts, '12 invitations taken back.');
    await page.context().close();
  });

  test(`a file that is no list, and a form without the statement, say so beside the field, ${how}`, async ({ browser }) => {
    const page = await someone(browser, scripts);
    await page.goto(`${ORGANISATION}/uploads`);
    await arrived(page, scripts);
    await page.getByRole('button', { name: 'Upload and look at it' }).click();
    await expect(page.locator('#attested-problem')).toContainText('Tick the box to say so. Without it');
    await arrived(page, scripts);
    await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(HEADINGS) });
    await page.getByRole('button', { name: 'Upload and look at it' }).click();
    await expect(page.locator('#attested-problem')).toContainText('choose the file again');
    await arrived(page, scripts);
    await page.getByLabel(/^I may share these names/).check();
    await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'people.xlsx', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
    await page.getByRole('button', { name: 'Upload and look at it' }).click();
    await expect(page.locator('#file-problem')).toContainText('Upload the spreadsheet that this PDF was made from');
    if (scripts) await accessible(page, 'the uploads, with an error');
    await page.context().close();
  });

  test(`the sheet of a workbook is chosen, ${how}`, async ({ browser }) => {
    const page = await someone(browser, scripts);
    await page.goto(`${ORGANISATION}/uploads`);
    await arrived(page, scripts);
    await page.getByLabel('File', { exact: true }).setInputFiles(join(__dirname, 'files/openpyxl-two-sheets.xlsx'));
    await page.getByLabel(/^I may share these names/).check();
    await page.getByRole('button', { name: 'Upload and look at it' }).click();
    await expect(page.getByText('Choose the sheet that has the people: Autumn, Spring.')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Take in/ })).toHaveCount(0);
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'the choice of a sheet');
    await noSidewaysScrolling(page);
    // None is chosen before somebody chooses.
    await expect(page.getByLabel('Sheet', { exact: true })).toHaveValue('');
    await page.getByRole('button', { name: 'Read this sheet' }).click();
    await expect(page.locator('#sheet-problem')).toContainText('Choose one from the list');
    await arrived(page, scripts);
    await page.getByLabel('Sheet', { exact: true }).selectOption({ label: 'Spring' });
    await page.getByRole('button', { name: 'Read this sheet' }).click();
    await expect(page.getByText('Read from the sheet Spring.')).toBeVisible();
    await arrived(page, scripts);
    await expect(page.locator('#sheet option')).toHaveText(['Autumn', 'Spring']);

    // What is refused about the columns is seen, though the file can be read: somebody else has changed it.
    const url = page.url();
    const other = await page.context().newPage();
    await other.goto(url);
    await arrived(other, scripts);
    const version = other.locator('#matching-form input[name=version]');
    const before = await version.inputValue();
    await readAgain(other);
    await expect(version).not.toHaveValue(before);
    await other.close();
    await readAgain(page);
    await expect(page.locator('#matching-problem')).toBeVisible();
    await page.goto(url);
    await arrived(page, scripts);
    await expect(page.locator('table.upload-rows tbody tr')).toHaveCount(1);
    await expect(page.locator('table.upload-rows')).toContainText('Ben Cole');
    await page.getByRole('button', { name: 'Destroy the file and take nothing' }).click();
    await expect(page.getByText('The file is destroyed. Nothing was taken from it.')).toBeVisible();
    await page.context().close();
  });

  test(`one person is added by hand, and becomes a tutor by name, ${how}`, async ({ browser }) => {
    const page = await someone(browser, scripts);
    const email = `tess.${scripts ? 'q' : 'z'}@uploaded.example`;
    await page.goto('/cohorts');
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'University of Northfield (demo)' }).click();
    await expect(heading(page, 'University of Northfield (demo)')).toBeVisible();
    if (scripts) await accessible(page, 'an organisation');
    await page.getByRole('link', { name: 'Add one person by hand' }).click();
    await expect(heading(page, 'Add one person')).toBeVisible();
    await arrived(page, scripts);
    await page.getByRole('button', { name: 'Add this person' }).click();
    await expect(page.locator('#name-problem')).toContainText('Enter the full name');
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'one person by hand, with errors');
    await page.getByLabel('Full name').fill('Tess Tutor');
    await page.getByLabel('E-mail address', { exact: true }).fill(email);
    await page.getByLabel(/^I may share these names/).check();
    await page.getByRole('button', { name: 'Add this person' }).click();
    await expect(page.getByText('1 new, 0 changed, 0 already here.')).toBeVisible();

    await page.goto(`${ORGANISATION}/cohorts`);
    await arrived(page, scripts);
    if (scripts) await accessible(page, 'the cohorts of an organisation');
    await page.getByLabel('Name', { exact: true }).fill(`Spring ${scripts ? 'q' : 'z'}`);
    await page.getByLabel('Course', { exact: true }).selectOption({ index: 1 });
    await page.getByLabel(/^First day of the course/).fill('2027-02-01');
    await page.getByRole('button', { name: 'Make the cohort' }).click();
    await expect(heading(page, `Spring ${scripts ? 'q' : 'z'}`)).toBeVisible();
    await arrived(page, scripts);
    await page.getByLabel('E-mail address', { exact: true }).fill(email);
    await page.getByLabel('Why they follow it').fill('Leads the module');
    await page.getByRole('button', { name: 'Make them a tutor' }).click();
    await expect(page.getByText('They are a tutor of this cohort now.')).toBeVisible();
    await arrived(page, scripts);
    await expect(page.locator('table.tutors')).toContainText('Leads the module');
    if (scripts) await accessible(page, 'the tutors of a cohort');
    await page.getByText('Take back from Tess Tutor').click();
    await page.getByLabel('Why', { exact: true }).fill('Has left');
    await page.getByRole('button', { name: 'Yes, take it back' }).click();
    await expect(page.getByText('They do not follow this cohort any more.')).toBeVisible();
    await page.context().close();
  });
}

const CHOSEN = 'seven herons by the canal';

/** A browser of their own, in which somebody opens their account from its mail and signs in. */
async function newcomer(browser: Browser, email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await open(page, await linkFor(email, 'activate'));
  await expect(heading(page, 'Open your account')).toBeVisible();
  await page.getByLabel('I agree that you keep this about me').check();
  await page.getByLabel('Choose a password').fill(CHOSEN);
  await page.getByRole('button', { name: 'Open my account' }).click();
  await expect(heading(page, 'Your account is open')).toBeVisible();
  await signIn(page, email, CHOSEN);
  return page;
}

test('from an organisation with nobody in it to a completed module in the grid of its tutor', async ({ browser }) => {
  const [name, slug, cohort] = ['University of Southmoor', 'southmoor', 'Independent prescribing, Southmoor'];
  const [administrator, tutor] = ['lead@southmoor.example', 'tutor@southmoor.example'];
  const organisation = `/organisation/${slug}`;
  const options = ['--name', name, '--kind', 'university', '--slug', slug, '--administrator', administrator, '--administrator-name', 'Lea Southmoor'];
  const said = execFileSync(process.env.SERVER!, ['create-organisation', ...options], { encoding: 'utf8' });
  expect(said).toContain(`${organisation} now, and ${administrator} gets a mail to open their account, if they have none.`);

  const lead = await newcomer(browser, administrator);
  await open(lead, organisation);
  await expect(heading(lead, name)).toBeVisible();
  await open(lead, `${organisation}/cohorts`);
  await expect(lead.getByText('There is no cohort yet. Make the first one below')).toBeVisible();
  await lead.getByLabel('Name', { exact: true }).fill(cohort);
  await lead.getByLabel('Course', { exact: true }).selectOption({ label: courseTitle });
  await lead.getByRole('button', { name: 'Make the cohort' }).click();
  await expect(heading(lead, cohort)).toBeVisible();
  const tutors = await arrivedAt(lead, /\/cohorts\/[0-9a-f-]{36}$/);

  const all = people('j', cohort);
  await upload(lead, [HEADINGS, ...all.map((row) => row.wrong ?? row.right)].join('\r\n'), true, organisation);
  await expect(lead.locator('.upload-counts')).toHaveText(/New\s*288 rows.*To correct\s*12 rows/s);
  const corrected = await correctedRows(lead, all);
  await lead.getByRole('button', { name: 'Take in 288 rows' }).click();
  await done(lead, true, '288 new, 0 changed, 0 already here.');
  await upload(lead, corrected, true, organisation);
  await expect(lead.locator('.upload-counts')).toHaveText(/New\s*12 rows.*To correct\s*0 rows/s);
  await lead.getByRole('button', { name: 'Take in 12 rows' }).click();
  await done(lead, true, '12 new, 0 changed, 0 already here.');

  await open(lead, `${organisation}/people/new`);
  await lead.getByLabel('Full name').fill('Tia Tutor');
  await lead.getByLabel('E-mail address', { exact: true }).fill(tutor);
  await lead.getByLabel(/^I may share these names/).check();
  await lead.getByRole('button', { name: 'Add this person' }).click();
  await expect(lead.getByText('1 new, 0 changed, 0 already here.')).toBeVisible();
  await open(lead, tutors);
  await lead.getByLabel('E-mail address', { exact: true }).fill(tutor);
  await lead.getByLabel('Why they follow it').fill('Teaches the course');
  await lead.getByRole('button', { name: 'Make them a tutor' }).click();
  await expect(lead.getByText('They are a tutor of this cohort now.')).toBeVisible();

  // One of those whose row was wrong at first.
  const email = 'j24@uploaded.example';
  const grid = await newcomer(browser, tutor);
  await open(grid, '/cohorts');
  await grid.getByRole('link', { name: cohort }).click();
  await expect(heading(grid, cohort)).toBeVisible();
  await hydrated(grid);
  await grid.getByLabel('Name or e-mail address').fill(email);
  await grid.getByRole('button', { name: 'Search' }).click();
  await expect(grid.getByRole('status')).toContainText('1 of 300 students matches');
  await hydrated(grid);
  const row = grid.getByRole('row').filter({ hasText: email });
  await expect(row).toContainText('0 of 12 (0%)');
  await markDocument(grid);
  await open(lead, `${organisation}/reports?search=${email}`);
  const record = lead.locator('table.records').getByRole('row').filter({ hasText: email });
  await expect(record).toContainText('0 of 12');
  await expect(record).toContainText('Not yet started');
  await markDocument(lead);

  const [module] = modules;
  const student = await newcomer(browser, email);
  await open(student, '/learn');
  await student.getByRole('link', { name: courseTitle }).click();
  await expect(heading(student, courseTitle)).toBeVisible();
  await student.getByRole('link', { name: module.title, exact: true }).last().click();
  await expect(heading(student, module.title)).toBeVisible();
  await student.getByRole('link', { name: 'Start the module' }).click();
  for (const [n, { title }] of module.pages.entries()) {
    await expect(heading(student, title)).toBeVisible();
    await hydrated(student);
    await next(student, module.pages[n + 1]?.title ?? 'Knowledge check').click();
  }
  await expect(heading(student, 'Knowledge check')).toBeVisible();
  await hydrated(student);
  await answerAll(student, module, 'right');
  await submit(student).click();
  await expect(student.getByText('You have completed this module.')).toBeVisible();

  // The tutor and the administrator see it in the pages that were open.
  await expect(row).toContainText('1 of 12 (8%)');
  await expect(row.getByRole('img', { name: 'Completed' })).toHaveCount(1);
  await isSameDocument(grid);
  await expect(record).toContainText('1 of 12');
  await expect(record).toContainText('In progress');
  await isSameDocument(lead);
  for (const page of [lead, grid, student]) await page.context().close();
});
