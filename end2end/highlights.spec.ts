import { accessible } from './support/axe';
import { arrived, someone, taken } from './support/both';
import { modules, pageWith } from './support/content';
import { arrivedAt } from './support/page';
import { STUDENTS } from './support/people';
import { expect, test } from './support/test';

// What a learner marks in the text of a page, takes with them as a file, and prints.

const path = pageWith(/^Table: Controlled drug schedules/m);
const SENTENCE = 'If a legal detail is missing, the pharmacist may be unable to supply.';
const ROW = '4; Diazepam, zopiclone; No; 28 days';
const TITLE = 'My note and highlights, and was this page clear?';
const module = modules.find(({ slug }) => path.split('/')[3] === slug)!;
const reading = module.pages.find(({ slug }) => path.endsWith(`/${slug}`))!;

for (const [how, scripts, student] of [
  ['with scripts', true, STUDENTS.highlights],
  ['without scripts', false, STUDENTS.highlightsPlain],
] as const) {
  test(`passages of a page are highlighted, listed, taken as a file and printed, ${how}`, async ({ browser }) => {
    const page = await someone(browser, student, scripts);
    const choice = (text: string) => page.getByRole('checkbox', { name: text, exact: true });
    const save = page.getByRole('button', { name: 'Save the highlights' });
    const marks = page.locator('.prose mark');
    await page.goto(path);
    await arrived(page, reading.title, scripts);
    const text = await page.locator('.prose').innerText();
    await expect(marks).toHaveCount(0);
    await page.getByRole('link', { name: 'My note and highlights', exact: true }).click();
    await arrived(page, TITLE, scripts);
    await expect(page.getByRole('group', { name: 'Controlled drugs', exact: true }).getByRole('checkbox').first()).not.toBeChecked();

    // By keyboard.
    await choice(SENTENCE).focus();
    await page.keyboard.press('Space');
    await choice(ROW).check();
    await save.click();
    await expect(page.getByRole('status').filter({ hasText: 'Saved. Your highlights are marked on the page' })).toBeVisible();
    await expect(choice(SENTENCE)).toBeChecked();
    if (scripts) await accessible(page, 'highlights of a page');
    await page.goto(path);
    await arrived(page, reading.title, scripts);
    expect((await marks.allInnerTexts()).join('|')).toBe(`${SENTENCE}|4|Diazepam, zopiclone|No|28 days`);
    expect(await page.locator('.prose').innerText(), 'the text is as before').toBe(text);
    if (scripts) await accessible(page, 'a page with highlights');

    // In an older window they are not overwritten.
    await page.goto(`${path}/note`);
    await arrived(page, TITLE, scripts);
    const older = await page.context().newPage();
    await older.goto(`${path}/note`);
    await arrived(older, TITLE, scripts);
    await choice(ROW).uncheck();
    await save.click();
    await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
    await older.getByRole('checkbox', { name: SENTENCE, exact: true }).uncheck();
    await older.getByRole('button', { name: 'Save the highlights' }).click();
    await expect(older.locator('#changed')).toContainText(SENTENCE);
    await expect(older.getByRole('checkbox', { name: SENTENCE, exact: true })).not.toBeChecked();
    await expect(older.getByRole('checkbox', { name: ROW, exact: true })).toBeChecked();
    if (scripts) await accessible(older, 'highlights that were changed in another window');
    await older.close();

    // On paper, with the other pages of the module.
    await page.goto(`/learn/nmp/${module.slug}`);
    await arrived(page, module.title, scripts);
    const opened = page.locator('.contents').getByText('Opened');
    const before = await opened.count();
    await page.getByRole('link', { name: 'Print this module' }).click();
    await arrivedAt(page, new RegExp(`^/learn/nmp/${module.slug}/print$`));
    await arrived(page, module.title, scripts);
    for (const { title } of module.pages) await expect(page.getByRole('heading', { level: 2, name: title, exact: true })).toBeVisible();
    await expect(marks).toHaveText([SENTENCE]);
    await expect(page.locator('.prose button')).toHaveCount(0);
    if (scripts) await accessible(page, 'a module to print');
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByText('use the command Print of your browser')).toBeHidden();
    await expect(page.locator('.about-page').first()).toBeVisible();
    await expect(marks).toHaveCSS('color', 'rgb(0, 0, 0)');
    await page.emulateMedia({ media: 'screen' });
    // It counts as an opening of none of them.
    await page.getByRole('link', { name: 'the module', exact: true }).click();
    await arrived(page, module.title, scripts);
    await expect(opened).toHaveCount(before);

    await page.goto('/learn/nmp/notes');
    await arrived(page, 'My notes and bookmarks', scripts);
    const kept = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: reading.title, exact: true }) });
    await expect(kept.locator('.highlighted li')).toHaveText([SENTENCE]);
    if (scripts) await accessible(page, 'the list of highlights');
    const rows = (await taken(page, 'Download it as rows (CSV)')).toString('utf8');
    expect(rows).toContain(`,Highlight,"${SENTENCE}",Yes,`);
    expect((await taken(page, 'Download all of it (PDF)')).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await taken(page, 'Download it as rows (Excel)')).subarray(0, 2).toString()).toBe('PK');
    await kept.locator('summary').click();
    await expect(kept.getByText('The highlights are gone for good.')).toBeVisible();
    await kept.getByRole('button', { name: 'Yes, remove it' }).click();
    await expect(page.getByText('You keep nothing of this course yet.')).toBeVisible();
    await page.goto(path);
    await arrived(page, reading.title, scripts);
    await expect(marks).toHaveCount(0);
    await page.context().close();
  });
}
