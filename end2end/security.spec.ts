import type { Page } from '@playwright/test';
import { modules } from './support/content';
import { setPaper, setter, start } from './support/exam';
import { arrivedAt, heading, hydrated, open } from './support/page';
import { COHORT, STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';
import { watch } from './support/watch';

/** P38, and no picture is broken. */
async function picturesAreDescribed(page: Page) {
  const pictures = page.locator('img');
  const count = await pictures.count();
  for (let n = 0; n < count; n += 1) {
    await pictures.nth(n).scrollIntoViewIfNeeded();
    await expect(pictures.nth(n), page.url()).toHaveAttribute('alt', /\S.{10,}/);
    await expect.poll(() => pictures.nth(n).evaluate((image: HTMLImageElement) => image.naturalWidth), `a picture on ${page.url()}`).toBeGreaterThan(0);
  }
  return count;
}

/** Opens every page that links lead to, from the start on. */
async function crawl(page: Page, site: string) {
  const found = ['/'];
  let pictures = 0;
  for (const path of found) {
    await open(page, path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    pictures += await picturesAreDescribed(page);
    const links = await page.locator('a[href]').evaluateAll((all) => (all as HTMLAnchorElement[]).map(({ href }) => href));
    for (const link of links) {
      const { origin, pathname, search } = new URL(link);
      // A file is downloaded, not opened as a page.
      const file = /\.(pdf|csv|txt)$/.test(pathname);
      if (origin === site && !file && !found.includes(pathname + search)) found.push(pathname + search);
    }
  }
  return { found, pictures };
}

test('no page that a student can reach complains, breaks or calls elsewhere', async ({ page }) => {
  const { site, faults } = await watch(page);
  await signIn(page, STUDENTS.crawl);
  const { found, pictures } = await crawl(page, site);
  expect(faults).toEqual([]);
  const all = modules.flatMap(({ slug, pages }) => ['', '/check', ...pages.map((here) => `/${here.slug}`)].map((rest) => `/learn/nmp/${slug}${rest}`));
  expect(found).toEqual(expect.arrayContaining(['/', '/account', '/learn', '/learn/nmp', ...all]));
  // Every module has a figure or a table; most have a figure.
  expect(pictures).toBeGreaterThanOrEqual(12);
});

test('no page that a tutor can reach complains, breaks or calls elsewhere', async ({ page }) => {
  const { site, faults } = await watch(page);
  await signIn(page, TUTOR);
  const { found } = await crawl(page, site);
  expect(faults).toEqual([]);
  // The table in all its orders, and the second page of each.
  expect(found.filter((path) => path.startsWith('/cohorts/')).length).toBeGreaterThan(6);
});

test('no page for people who are not signed in complains, breaks or calls elsewhere', async ({ page }) => {
  const { site, faults } = await watch(page);
  await crawl(page, site);
  for (const path of ['/forgotten-password/sent', '/choose-password/done']) await open(page, path);
  expect(faults).toEqual([]);
  // Only the network's message that the page was not found, which is true.
  await open(page, '/no/such/page');
  await expect(heading(page, 'Page not found')).toBeVisible();
  await open(page, '/choose-password/no-such-link');
  await expect(heading(page, 'This link no longer works')).toBeVisible();
  expect(faults.filter((fault) => !/: 404: |status of 404/.test(fault))).toEqual([]);
});

test("a student cannot open the tutor's page of a cohort, not even of their own", async ({ page, browser }) => {
  const student = await browser.newContext();
  const theirs = await student.newPage();
  await signIn(theirs, STUDENTS.curious);
  const own = (await theirs.getByRole('heading', { level: 1 }).innerText()).replace('Hello, ', '');

  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  await page.getByRole('link', { name: COHORT }).click();
  await expect(page.getByText('68 students', { exact: true })).toBeVisible();
  await hydrated(page);
  const names = await page.locator('tbody th').evaluateAll((cells) => cells.map((cell) => cell.firstChild!.textContent!));
  expect(names).toHaveLength(50);
  const cohort = await arrivedAt(page, /^\/cohorts\/[^/]+$/);
  const id = cohort.split('/').pop();

  // P5: the page, the call behind it and the stream behind it.
  const answer = await theirs.goto(cohort);
  expect(answer!.status()).toBe(404);
  await expect(heading(theirs, 'Page not found')).toBeVisible();
  const ask = (by: Page) =>
    by.request.post('/api/cohorts/load_cohort', {
      headers: { 'sec-fetch-site': 'same-origin' },
      data: { cohort: id, query: { search: '', sort: 'name', descending: false, after: null } },
    });
  const call = await ask(theirs);
  expect(call.status()).toBe(404);
  expect((await ask(page)).status(), 'the same call by the tutor').toBe(200);
  expect((await theirs.request.get(`/live?topics=cohort:${id}`)).status()).toBe(404);
  const said = [await answer!.text(), await theirs.content(), await call.text()].join();
  expect(names.filter((name) => name !== own && said.includes(name))).toEqual([]);
  await student.close();
});

test('text that looks like markup is shown as typed, in the tab and in its fields', async ({ page, browser }) => {
  const typed = '</title></textarea><b id=x>&amp; "10 < 12"';
  const lines = `${typed}\n\n  &lt;b&gt;`;
  const setterPage = await setter(browser);
  const showsText = async (on: Page, path: string) => {
    await open(on, path);
    await expect(on.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(on.locator('#x')).toHaveCount(0);
    expect(await on.title(), path).toContain(typed);
  };
  const paper = await setPaper(setterPage, { title: typed, code: 'MARKUP26', emails: [STUDENTS.markup] });
  for (const part of ['', '/candidates', '/results', '/items']) await showsText(setterPage, paper + part);

  await setterPage.goto('/assessments/papers');
  await setterPage.getByLabel('Title', { exact: true }).fill(`Draft of ${typed}`);
  await setterPage.getByLabel('Mock paper').check();
  await setterPage.getByRole('button', { name: 'Create a draft' }).click();
  await expect(heading(setterPage, `Draft of ${typed}`)).toBeVisible();
  const draft = new URL(setterPage.url()).pathname;
  await setterPage.goto(`${draft}/settings`);
  await setterPage.getByLabel('Instructions (optional)').fill(lines);
  await setterPage.getByRole('button', { name: 'Save the settings' }).click();
  await expect(setterPage).toHaveURL(new RegExp(`${draft}$`));
  for (const part of ['', '/questions', '/candidates', '/settings']) await showsText(setterPage, draft + part);
  await expect(setterPage.getByLabel('Instructions (optional)')).toHaveValue(lines);

  await signIn(page, STUDENTS.markup);
  const room = await start(page, 'MARKUP26');
  await showsText(page, room);
  expect((await page.title()).startsWith(typed)).toBe(true);
  await setterPage.context().close();
});
