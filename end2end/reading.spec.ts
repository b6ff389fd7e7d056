import { accessible } from './support/axe';
import { arrived, someone } from './support/both';
import { answerAll, submit } from './support/check';
import { courseTitle, modules, pageWith } from './support/content';
import { arrivedAt, asDrawn, heading, hydrated, next, noSidewaysScrolling, open } from './support/page';
import { STUDENTS } from './support/people';
import { expect, test } from './support/test';

// A course is a book that one keeps: it can be searched, and written in; and completing a part of it is a moment.

const module = modules[10];
const [first, second] = module.pages;

for (const [how, scripts, student] of [
  ['with scripts', true, STUDENTS.reads],
  ['without scripts', false, STUDENTS.readsPlain],
] as const) {
  test(`a course is searched, ${how}`, async ({ browser }) => {
    const page = await someone(browser, student, scripts);
    await page.goto('/learn/nmp');
    await arrived(page, courseTitle, scripts);
    await page.getByRole('link', { name: 'Search in this course', exact: true }).click();
    await arrived(page, 'Search in this course', scripts);
    const search = async (words: string) => {
      await page.getByLabel('Search in this course').fill(words);
      await page.getByRole('button', { name: 'Search' }).click();
      await arrivedAt(page, /^\/learn\/nmp\/search$/);
    };
    await search(second.title);
    await arrived(page, 'Search in this course', scripts);
    await expect(page.getByLabel('Search in this course')).toHaveValue(second.title);
    const found = page.locator('.found-pages').getByRole('link', { name: second.title, exact: true }).first();
    await expect(found).toBeVisible();
    if (scripts) await accessible(page, 'a search in a course');

    await search('qqqqqqqq');
    await expect(page.getByText('No page of this course has “qqqqqqqq”.')).toBeVisible();
    await expect(page.getByText('Take fewer words')).toBeVisible();
    // The words in the text are marked.
    await search('patients');
    await expect(page.locator('mark').first()).toHaveText(/^patients?/i);
    await search(second.title);
    await found.click();
    await arrived(page, second.title, scripts);
    await page.context().close();
  });

  test(`a word is explained where it stands, ${how}`, async ({ browser }) => {
    const page = await someone(browser, student, scripts);
    await page.goto(pageWith(/five half-lives to reach steady state/));
    await (scripts ? hydrated(page) : asDrawn(page));
    const word = page.getByRole('button', { name: 'steady state' });
    const meaning = page.locator('#term-steady-state');
    await expect(meaning).toBeHidden();
    await word.click();
    await expect(meaning).toBeVisible();
    await expect(meaning).toContainText('Steady state: With regular doses');
    await noSidewaysScrolling(page);
    if (scripts) await accessible(page, 'a page with a word that is explained');
    await page.keyboard.press('Escape');
    await expect(meaning).toBeHidden();
    // By keyboard, and on to all of them.
    await word.focus();
    await page.keyboard.press('Enter');
    await expect(meaning).toBeVisible();
    await meaning.getByRole('link', { name: 'All words that are explained' }).click();
    await arrivedAt(page, /^\/learn\/nmp\/glossary$/);
    await arrived(page, 'Glossary', scripts);
    const entry = page.locator('#steady-state');
    await expect(entry).toContainText('the amount cleared between doses');
    await expect(entry.getByRole('link')).toHaveAttribute('href', '/learn/nmp/pharmacokinetics/steady-state-and-loading');
    await page.context().close();
  });

  test(`a note and a bookmark of a page are kept, and whether it was clear, ${how}`, async ({ browser }) => {
    const page = await someone(browser, student, scripts);
    const path = `/learn/nmp/${module.slug}/${first.slug}`;
    const note = page.getByLabel('Note to myself');
    const save = page.getByRole('button', { name: 'Save', exact: true });
    const title = 'My note and highlights, and was this page clear?';
    await page.goto(path);
    await arrived(page, first.title, scripts);
    // When it was last changed, and where to look it up.
    await expect(page.locator('.about-page')).toContainText(/Last changed \d+ \w+ 20\d\d\./);
    await page.getByRole('link', { name: 'My note and highlights', exact: true }).click();
    await arrived(page, title, scripts);
    await expect(note).toHaveValue('');
    await expect(page.getByLabel('Bookmark this page')).not.toBeChecked();

    // Too long: what was typed stays.
    const long = 'Look this up. '.repeat(300);
    await note.fill(long);
    await page.getByLabel('Bookmark this page').check();
    await save.click();
    await expect(page.getByRole('alert')).toContainText('Write at most 4,000 characters');
    await expect(note).toHaveValue(long);
    await expect(page.getByLabel('Bookmark this page')).toBeChecked();
    await note.fill('Ask about <b>this</b>\n\n& that');
    await save.click();
    await expect(page.getByRole('status').filter({ hasText: 'Saved. Only you see it.' })).toBeVisible();
    await expect(note).toHaveValue('Ask about <b>this</b>\n\n& that');
    await page.getByRole('link', { name: `Back to “${first.title}”`, exact: true }).click();
    await arrived(page, first.title, scripts);
    await page.getByRole('link', { name: 'My note and highlights: written, and bookmarked', exact: true }).click();
    await arrived(page, title, scripts);

    // In an older window it is not overwritten.
    const older = await page.context().newPage();
    await older.goto(`${path}/note`);
    await arrived(older, title, scripts);
    await note.fill('Asked');
    await save.click();
    await expect(page.getByRole('status').filter({ hasText: 'Saved. Only you see it.' })).toBeVisible();
    await older.getByLabel('Note to myself').fill('Older');
    await older.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(older.locator('#changed')).toContainText('Asked');
    await expect(older.getByLabel('Note to myself')).toHaveValue('Older');
    await older.close();

    // Whether it was clear is asked on the same page, and can be changed.
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('Choose or enter an answer');
    await page.getByLabel('Not quite').check();
    await page.getByLabel('What was not (optional)').fill('The last paragraph');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Thank you.' })).toBeVisible();
    await page.goto(path);
    await arrived(page, first.title, scripts);
    await page.getByRole('link', { name: 'Was this page clear? You said not quite.', exact: true }).click();
    await arrived(page, title, scripts);
    await expect(page.getByLabel('What was not (optional)')).toHaveValue('The last paragraph');
    if (scripts) await accessible(page, 'what is kept of a page');

    await page.getByRole('link', { name: 'All my notes, highlights and bookmarks' }).click();
    await arrived(page, 'My notes and bookmarks', scripts);
    const kept = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: first.title, exact: true }) });
    await expect(kept).toContainText('Asked');
    await expect(kept).toContainText('Bookmarked.');
    if (scripts) await accessible(page, 'notes and bookmarks');
    await kept.locator('summary').click();
    await expect(kept.getByText('The note is gone for good.')).toBeVisible();
    await kept.getByRole('button', { name: 'Yes, remove it' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'It is removed.' })).toBeVisible();
    await expect(kept).toHaveCount(0);
    await expect(page.getByText('You keep nothing of this course yet.')).toBeVisible();
    await page.context().close();
  });
}

test('completing a module is a moment: its segment sweeps in, the tick draws itself, and one sentence says where one is', async ({ browser }) => {
  const page = await someone(browser, STUDENTS.reads, true);
  for (const { slug, title } of module.pages) {
    await open(page, `/learn/nmp/${module.slug}/${slug}`);
    await expect(heading(page, title)).toBeVisible();
  }
  await expect(page.locator('.completed-now')).toBeEmpty();
  await next(page, 'Knowledge check').click();
  await expect(heading(page, 'Knowledge check')).toBeVisible();
  await hydrated(page);
  await answerAll(page, module, 'right');
  await submit(page).click();
  await expect(page.getByRole('heading', { name: 'You passed' })).toBeVisible();
  const said = page.locator('.completed-now');
  await expect(said).toHaveText(new RegExp(`“${module.title}” is completed\\. (\\w+ of twelve|All twelve)`));
  const segment = page.locator('#wheel circle.is-new');
  await expect(segment).toHaveCount(1);
  await accessible(page, 'a module, completed just now');
  const moves = () => segment.evaluate((circle) => getComputedStyle(circle).animationName);
  expect(await moves()).toBe('sweep');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await moves()).toBe('none');
  // The module's own page says it no more.
  await page.emulateMedia({ reducedMotion: null });
  await open(page, `/learn/nmp/${module.slug}`);
  await expect(page.locator('.completed-now')).toBeEmpty();
  await expect(page.locator('#wheel circle.is-new')).toHaveCount(0);
  await page.context().close();
});

test('what is begun can be told from its neighbours on the wheel', async ({ browser }) => {
  const page = await someone(browser, STUDENTS.reads, true);
  await open(page, `/learn/nmp/${modules[11].slug}/${modules[11].pages[0].slug}`);
  const strokes = await page.locator('#wheel circle').evaluateAll((all) =>
    Object.fromEntries(all.map((circle) => [circle.classList[0], [getComputedStyle(circle).stroke, getComputedStyle(circle).strokeWidth]])),
  );
  const light = (colour: string) => {
    const [r, g, b] = /(\d+), (\d+), (\d+)/.exec(colour)!.slice(1).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one: string, other: string) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const [begun, width] = strokes['is-in-progress'];
  expect(contrast(begun, 'rgb(255, 255, 255)')).toBeGreaterThan(3);
  expect(contrast(begun, 'rgb(211, 220, 226)')).toBeGreaterThan(3);
  // From what is completed, which is as dark, by its width.
  expect(parseFloat(width)).toBeLessThan(0.7 * parseFloat(strokes['is-completed'][1]));
  await page.context().close();
});
