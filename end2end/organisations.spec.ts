import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { demo } from './support/database';
import { arrivedAt, asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
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
function people(mark: string): Row[] {
  const row = (n: number, change: Partial<Record<'first' | 'last' | 'email' | 'number' | 'team' | 'cohort', string>> = {}) => {
    const own = { first: `Ada${letters(n)}`, last: 'Lovelace', email: `${mark}${n}@uploaded.example`, number: number(mark, n), team: 'Ward 7', cohort: COHORT };
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

async function upload(page: Page, text: string, scripts: boolean): Promise<string> {
  await page.goto(`${ORGANISATION}/uploads`);
  await arrived(page, scripts);
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByLabel(/^I may share these names/).check();
  await page.getByRole('button', { name: 'Upload and look at it' }).click();
  await expect(heading(page, 'people.csv')).toBeVisible();
  await arrived(page, scripts);
  return arrivedAt(page, /\/uploads\/[0-9a-f-]{36}$/);
}

async function arrived(page: Page, scripts: boolean) {
  if (scripts) await hydrated(page);
  else await asDrawn(page);
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
    await accessible(page, 'the preview of an upload');
    await noSidewaysScrolling(page);

    // Each wrong row says its number, its column and what to do.
    await page.getByLabel('Show').selectOption({ label: 'To correct' });
    await page.getByRole('button', { name: 'Search' }).click();
    const rows = page.locator('table.upload-rows tbody tr');
    await expect(rows).toHaveCount(12);
    await expect(rows.first()).toContainText('26');
    await expect(rows.first()).toContainText('First name: enter the first name');
    await expect(rows.last()).toContainText('make the cohort first');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download 12 rows to correct/ }).click()]);
    const failed = readFileSync(await file.path(), 'utf8').replace('\u{feff}', '').trimEnd().split('\r\n');
    expect(failed).toHaveLength(13);
    expect(failed[0]).toBe(`${HEADINGS},What to do`);

    await page.getByRole('button', { name: 'Take in 288 rows' }).click();
    await done(page, scripts, '288 new, 0 changed, 0 already here.');
    await accessible(page, 'an upload that is done');

    // The row of the file, from what the file of failed rows says of each.
    const numbers = failed.slice(1).map((line) => Number(/Row (\d+)/.exec(line)![1]));
    const corrected = [failed[0], ...numbers.map((number) => `${all[number - 2].right},corrected`)].join('\r\n');
    const second = await upload(page, corrected, scripts);
    await expect(page.locator('.upload-counts')).toHaveText(/New\s*12 rows.*To correct\s*0 rows/s);
    await page.getByRole('button', { name: 'Take in 12 rows' }).click();
    await done(page, scripts, '12 new, 0 changed, 0 already here.');

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
    await page.getByRole('button', { name: 'Yes, remove these accounts' }).click();
    await done(page, scripts, '12 accounts removed.');
    await page.context().close();
  });

  test(`a file that is no list, and a form without the statement, say so beside the field, ${how}`, async ({ browser }) => {
    const page = await someone(browser, scripts);
    await page.goto(`${ORGANISATION}/uploads`);
    await arrived(page, scripts);
    await page.getByRole('button', { name: 'Upload and look at it' }).click();
    await expect(page.locator('#attested-problem')).toContainText('Tick the box to say so');
    await arrived(page, scripts);
    await page.getByLabel(/^I may share these names/).check();
    await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'people.xlsx', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
    await page.getByRole('button', { name: 'Upload and look at it' }).click();
    await expect(page.locator('#file-problem')).toContainText('Upload the spreadsheet that this PDF was made from');
    await accessible(page, 'the uploads, with an error');
    await page.context().close();
  });

  test(`one person is added by hand, and becomes a tutor by name, ${how}`, async ({ browser }) => {
    const page = await someone(browser, scripts);
    const email = `tess.${scripts ? 'q' : 'z'}@uploaded.example`;
    await page.goto('/cohorts');
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'University of Northfield (demo)' }).click();
    await expect(heading(page, 'University of Northfield (demo)')).toBeVisible();
    await accessible(page, 'an organisation');
    await page.getByRole('link', { name: 'Add one person by hand' }).click();
    await expect(heading(page, 'Add one person')).toBeVisible();
    await arrived(page, scripts);
    await page.getByRole('button', { name: 'Add this person' }).click();
    await expect(page.locator('#name-problem')).toContainText('Enter the full name');
    await arrived(page, scripts);
    await accessible(page, 'one person by hand, with errors');
    await page.getByLabel('Full name').fill('Tess Tutor');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel(/^I may share these names/).check();
    await page.getByRole('button', { name: 'Add this person' }).click();
    await expect(page.getByText('1 new, 0 changed, 0 already here.')).toBeVisible();

    await page.goto(`${ORGANISATION}/cohorts`);
    await arrived(page, scripts);
    await accessible(page, 'the cohorts of an organisation');
    await page.getByLabel('Name', { exact: true }).fill(`Spring ${scripts ? 'q' : 'z'}`);
    await page.getByLabel('Course', { exact: true }).selectOption({ index: 1 });
    await page.getByLabel(/^First day of the course/).fill('2027-02-01');
    await page.getByRole('button', { name: 'Make the cohort' }).click();
    await expect(heading(page, `Spring ${scripts ? 'q' : 'z'}`)).toBeVisible();
    await arrived(page, scripts);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Why they follow it').fill('Leads the module');
    await page.getByRole('button', { name: 'Make them a tutor' }).click();
    await expect(page.getByText('They are a tutor of this cohort now.')).toBeVisible();
    await arrived(page, scripts);
    await expect(page.locator('table.tutors')).toContainText('Leads the module');
    await accessible(page, 'the tutors of a cohort');
    await page.getByText('Take back from Tess Tutor').click();
    await page.getByLabel('Why', { exact: true }).fill('Has left');
    await page.getByRole('button', { name: 'Yes, take it back' }).click();
    await expect(page.getByText('They do not follow this cohort any more.')).toBeVisible();
    await page.context().close();
  });
}
