import { accessible } from './support/axe';
import { arrived, someone, taken } from './support/both';
import { courseTitle, modules } from './support/content';
import { arrivedAt, open } from './support/page';
import { STAFF, STUDENTS } from './support/people';
import { expect, test } from './support/test';

// What somebody has completed is theirs: they read it, write in it, take it with them, and can prove it.

for (const [how, scripts, person] of [
  ['with scripts', true, STAFF.records],
  ['without scripts', false, STAFF.recordsPlain],
] as const) {
  test(`a record is read, written in and downloaded, ${how}`, async ({ browser }) => {
    const page = await someone(browser, person, scripts);
    await page.goto('/learn');
    await page.getByRole('link', { name: 'My CPD record' }).click();
    await arrived(page, 'My CPD record', scripts);
    await expect(page.getByText(`Completed: ${modules.length} modules, `)).toBeVisible();
    if (scripts) await accessible(page, 'a record');

    const module = modules[2];
    await page.getByRole('link', { name: /^Write a reflection/ }).filter({ hasText: module.title }).click();
    await arrived(page, 'My reflection', scripts);
    const button = (await page.getByRole('button', { name: 'Save', exact: true }).boundingBox())!;
    const below = (await page.getByText('To remove your reflection').boundingBox())!;
    expect(below.y - button.y - button.height, 'room below the button').toBeGreaterThan(6);
    const [learnt, used] = [page.getByLabel('What I learnt'), page.getByLabel('How I use it')];
    const boxes = page.getByRole('group', { name: 'Competencies that this is about' }).getByRole('checkbox');
    await expect(boxes.first()).toBeChecked();
    const save = page.getByRole('button', { name: 'Save', exact: true });

    // Too long: what was typed and chosen stays.
    const long = 'Look at the kidneys. '.repeat(200);
    await learnt.fill(long);
    await used.fill('=1+1 before each dose');
    await boxes.first().uncheck();
    await save.click();
    await expect(page.getByRole('alert')).toContainText('Write at most 4,000 characters');
    await expect(learnt).toHaveValue(long);
    await expect(boxes.first()).not.toBeChecked();
    if (scripts) await accessible(page, 'a reflection that is too long');
    await learnt.fill('Look at the <b>kidneys</b>\n\nfirst');
    await save.click();
    await arrivedAt(page, /^\/learn\/record$/);
    await expect(page.getByRole('status').filter({ hasText: 'Saved. Only you see it.' })).toBeVisible();
    await expect(page.getByText('Look at the <b>kidneys</b>')).toBeVisible();

    // In an older window it is not overwritten.
    const path = `/learn/record/nmp/${module.slug}`;
    const older = await page.context().newPage();
    await older.goto(path);
    await page.getByRole('link', { name: /^Change your reflection/ }).filter({ hasText: module.title }).click();
    await arrived(page, 'My reflection', scripts);
    await learnt.fill('Look at the kidneys');
    await save.click();
    await arrivedAt(page, /^\/learn\/record$/);
    await older.getByLabel('What I learnt').fill('Older');
    await older.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(older.locator('#changed')).toContainText('Look at the kidneys');
    await expect(older.getByLabel('What I learnt')).toHaveValue('Older');
    await older.close();

    // The files have it, and no formula.
    const rows = (await taken(page, 'Download the modules (CSV)')).toString('utf8');
    expect(rows).toContain('Look at the kidneys');
    expect(rows).toContain("'=1+1 before each dose");
    expect((await taken(page, 'Download the record (PDF)')).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await taken(page, 'Download the modules (Excel)')).subarray(0, 2).toString()).toBe('PK');

    await page.getByRole('button', { name: 'Make my certificate' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Your certificate is made' })).toBeVisible();
    expect((await taken(page, 'Download your certificate (PDF)')).subarray(0, 5).toString()).toBe('%PDF-');
    const check = page.locator('a[href^="/verify/"]');
    const code = await check.innerText();
    expect(code).toMatch(/^([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}$/);
    await check.click();
    await arrived(page, 'This certificate is valid', scripts);
    const row = (name: string) => page.locator('.summary-list > div').filter({ has: page.locator('dt', { hasText: name }) }).locator('dd');
    await expect(row('Course')).toHaveText(courseTitle);
    await expect(row('Modules')).toHaveText(`${modules.length} modules`);
    await expect(row('Initials')).toHaveText(/^\p{Lu}\. /u);
    if (scripts) await accessible(page, 'the check of the certificate of a course');
    await page.context().close();
  });
}

test('who has completed nothing reads where to go, and nobody writes about what is not completed', async ({ browser }) => {
  const page = await someone(browser, STUDENTS.recordsNothing, true);
  await open(page, '/learn/record');
  await expect(page.getByText('Nothing is in your record yet.')).toBeVisible();
  await accessible(page, 'an empty record');
  expect((await page.goto(`/learn/record/nmp/${modules[0].slug}`))!.status()).toBe(404);
  expect((await page.request.get('/learn/nmp/certificate.pdf')).status()).toBe(404);
  await page.context().close();
});
