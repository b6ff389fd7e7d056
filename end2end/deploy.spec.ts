import type { Page } from '@playwright/test';
import { answer, answerAll, asked, input, submit, toldWhy } from './support/check';
import { courseTitle, modules } from './support/content';
import { box, onward, question, saved, setPaper, setter, start } from './support/exam';
import { come, heading, hydrated, isSameDocument, markDocument, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { DatabaseWay, OwnServer, laterBuild } from './support/server';
import { ownStream } from './support/stream';
import { expect, test } from './support/test';
import { watch } from './support/watch';

// The server disappears while people are working: for a moment, or for good, replaced by a newer one. Each page says
// what is wrong and recovers by itself, and no typed text is lost.

const [module] = modules;
const AWAY = 'The server does not answer. What you see may be out of date. We keep trying.';
// Silence is noticed within five seconds, and data is requested again within another five; the rest is for a busy
// machine.
const SOON = { timeout: 20_000 };

/** The folder of the document's own files. */
function build(page: Page) {
  return page.evaluate(() => document.getElementById('styles')!.getAttribute('href')!.split('/')[2]);
}

/** The tab has heard from the new server. */
function heardAgain(page: Page) {
  return page.waitForResponse((response) => /\/live(\?|$)/.test(response.url()) && response.ok(), { timeout: 30_000 });
}

test('a tab that is older than its server loads its next page as a document, and loses nothing', async ({ browser }) => {
  const later = laterBuild();
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'While it is deployed', code: 'DEPLOYED1', minutes: 60, emails: [STUDENTS.deployRoom] });
  await setterPage.context().close();
  const server = await OwnServer.start();
  const reads = await server.page(browser);
  const checks = await server.page(browser);
  const sits = await server.page(browser);

  await signIn(reads, STUDENTS.deployReads);
  await open(reads, `/learn/nmp/${module.slug}`);
  await markDocument(reads);
  const before = await build(reads);

  await signIn(checks, STUDENTS.deployChecks);
  await open(checks, `/learn/nmp/${module.slug}/check`);
  await markDocument(checks);
  const [one, two] = await asked(checks, module);
  await answer(checks, one, one.right);
  await expect(checks.locator('#kept')).toHaveText('Saved. You can go on later, on any device.');

  await signIn(sits, STUDENTS.deployRoom);
  const room = await start(sits, 'DEPLOYED1');
  await hydrated(sits);
  await question(sits, 1, 3);
  await box(sits).fill('11');
  await saved(sits);
  await markDocument(sits);

  await server.down();
  // An answer given while there is no server at all.
  await onward(sits).click();
  await question(sits, 2, 3);
  await box(sits).fill('22');
  await answer(checks, two, two.right);
  await expect(sits.locator('.saved-line')).toHaveText('Not saved yet: keep going, we will send it');
  const heard = Promise.all([reads, checks, sits].map(heardAgain));
  await server.up(later.site);
  await heard;
  await saved(sits);
  await expect(checks.locator('#kept')).toHaveText('Saved. You can go on later, on any device.');

  // Inside the exam nothing is reloaded, whichever question is shown.
  await onward(sits).click();
  await question(sits, 3, 3);
  await box(sits).fill('33');
  await saved(sits);
  await isSameDocument(sits);
  expect(new URL(sits.url()).pathname).toBe(room);
  // Everything that is not a link works as before, in the check and elsewhere.
  await reads.locator('.wheel summary').click();
  await expect(reads.locator('.wheel li').last()).toBeVisible();
  for (const page of [reads, checks]) {
    await isSameDocument(page);
    expect(await build(page)).toBe(before);
  }

  await reads.locator('.contents').getByRole('link', { name: module.pages[0].title, exact: true }).click();
  await expect(heading(reads, module.pages[0].title)).toBeVisible();
  await hydrated(reads);
  expect(await build(reads)).toBe(later.folder);
  await checks.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: module.title }).click();
  await expect(heading(checks, module.title)).toBeVisible();
  await expect(checks.getByText('2 answers kept')).toBeVisible();
  expect(await build(checks)).toBe(later.folder);
  await come(sits, '/assessments');
  await expect(heading(sits, 'Assessments')).toBeVisible();
  await hydrated(sits);
  expect(await build(sits)).toBe(later.folder);

  // All of it is there on the newer server.
  await open(checks, `/learn/nmp/${module.slug}/check`);
  for (const given of [one, two]) {
    if (given.kind === 'number') await expect(input(checks, given)).toHaveValue(given.right[0]);
    else await expect(input(checks, given, given.right[0])).toBeChecked();
  }
  for (const [n, typed] of ['11', '22', '33'].entries()) {
    await open(sits, `${room}?question=${n + 1}`);
    await expect(box(sits)).toHaveValue(typed);
  }
  for (const page of [reads, checks, sits]) await page.context().close();
  await server.down();
  later.remove();
});

test('the next page of a form in such a tab is loaded as a document, and the form is accepted', async ({ page }) => {
  await signIn(page, STUDENTS.olderForm);
  const { streams, tell } = await ownStream(page);
  await open(page, `/learn/nmp/${module.slug}/check`);
  await markDocument(page);
  const questions = await answerAll(page, module, 'wrong');
  await expect(page.locator('#kept')).toHaveText('Saved. You can go on later, on any device.');
  await expect.poll(streams).toBe(1);
  await tell('changed', { build: 'another' });
  let sent = 0;
  page.on('request', (request) => (sent += Number(request.url().endsWith('/submit_check'))));
  await submit(page).click();
  await expect(heading(page, 'Knowledge check: result')).toBeVisible();
  await hydrated(page);
  expect(await page.evaluate(() => 'stillHere' in window), 'it is loaded').toBe(false);
  expect(sent).toBe(1);
  await toldWhy(page, module, questions);
});

test('while the server is down each page says so, and recovers when it is back', async ({ browser }) => {
  const paper = await (async () => {
    const setterPage = await setter(browser);
    const address = await setPaper(setterPage, { title: 'While it is away', code: 'AWAYNOW1', minutes: 60, emails: [STUDENTS.outageRoom] });
    await setterPage.context().close();
    return address;
  })();
  const server = await OwnServer.start();
  const reads = await server.page(browser);
  const goes = await server.page(browser);
  const sits = await server.page(browser);
  const runs = await server.page(browser);
  const thrown: string[] = [];
  for (const page of [reads, goes, sits, runs]) page.on('pageerror', (error) => thrown.push(error.message));

  await signIn(reads, STUDENTS.outageReads);
  await open(reads, '/learn/nmp');
  await signIn(goes, STUDENTS.outageGoes);
  await open(goes, `/learn/nmp/${module.slug}`);
  await signIn(sits, STUDENTS.outageRoom);
  const room = await start(sits, 'AWAYNOW1');
  await hydrated(sits);
  await question(sits, 1, 3);
  await signIn(runs, 'setter@demo.example');
  await open(runs, `${paper}/sittings/${room.split('/').pop()}`);
  await runs.getByLabel('Note an incident').fill('The network was away');
  for (const page of [reads, goes, sits, runs]) await markDocument(page);

  await server.down();
  await expect(reads.getByText(AWAY)).toBeVisible(SOON);
  await expect(runs.getByText(AWAY)).toBeVisible(SOON);
  await box(sits).fill('42');
  await expect(sits.locator('.saved-line')).toHaveText('Not saved yet: keep going, we will send it', SOON);
  // A page requested meanwhile.
  await goes.locator('.contents').getByRole('link', { name: module.pages[1].title, exact: true }).click();
  await expect(heading(goes, 'We cannot reach the server')).toBeVisible();
  await goes.getByRole('link', { name: 'Try again' }).click();
  await expect(heading(goes, 'We cannot reach the server')).toBeVisible();

  await server.up();
  await expect(reads.getByText(AWAY)).toBeHidden(SOON);
  await expect(runs.getByText(AWAY)).toBeHidden(SOON);
  await saved(sits);
  await expect(heading(goes, module.pages[1].title)).toBeVisible(SOON);
  await expect(goes).toHaveTitle(new RegExp(`^${module.pages[1].title}`));
  // Typed text is still there, and the pages go on as before.
  await expect(runs.getByLabel('Note an incident')).toHaveValue('The network was away');
  await expect(runs.locator('#overview')).toContainText('1 of 3', SOON);
  for (const page of [reads, goes, sits, runs]) await isSameDocument(page);
  await reads.locator('.task-list').getByRole('link', { name: module.title, exact: true }).click();
  await expect(heading(reads, module.title)).toBeFocused();
  await isSameDocument(reads);
  expect(thrown).toEqual([]);
  for (const page of [reads, goes, sits, runs]) await page.context().close();
  await server.down();
});

test('a first page that could not be drawn is taken over, says why, and loads by itself later', async ({ browser }) => {
  const way = await DatabaseWay.lay();
  const server = await OwnServer.start(way.url);
  const page = await server.page(browser);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 503/.test(message.text())) complaints.push(message.text());
  });
  await signIn(page, STUDENTS.outageReads);
  await open(page, '/learn');
  for (const [path, name] of [['/learn/nmp', courseTitle], [`/learn/nmp/${module.slug}/${module.pages[0].slug}`, module.pages[0].title]]) {
    way.break();
    const answer = await page.goto(path);
    expect(answer!.status()).toBe(503);
    await expect(heading(page, 'The service is not available just now')).toBeVisible();
    await hydrated(page);
    await markDocument(page);
    way.mend();
    await expect(heading(page, name)).toBeVisible(SOON);
    await isSameDocument(page);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
  await server.down();
  way.close();
});

test('a reply that a tab cannot read, as from a newer server, makes it load the page as a document', async ({ page }) => {
  const { faults } = await watch(page);
  await signIn(page, STUDENTS.lacksFiles);
  await open(page, '/learn/nmp');
  await markDocument(page);
  // The shape of a page's data may change in a later version.
  await page.route('**/api/learning/load_module', (route) => route.fulfill({ json: { title: module.title, sections: [] } }));
  await page.locator('.task-list').getByRole('link', { name: module.title, exact: true }).click();
  await expect(heading(page, module.title)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/learn/nmp/${module.slug}$`));
  await hydrated(page);
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(false);
  expect(faults).toEqual([]);
});

test('a page whose file does not load says so and retries, and can be used meanwhile', async ({ page }) => {
  await signIn(page, STUDENTS.lacksFiles);
  let asked = 0;
  const missing = /\/pkg\/.*\.wasm$/;
  await page.route(missing, (route) => {
    if (/learning\.[^/]*\.wasm/.test(route.request().url())) return route.continue();
    asked += 1;
    return route.abort();
  });
  await page.goto('/assessments');
  await expect(page.getByRole('status').filter({ hasText: 'A part of this page did not load.' })).toBeVisible();
  const first = asked;
  await expect.poll(() => asked, 'it is asked for again').toBeGreaterThan(first);
  await page.getByLabel('Access code').fill('WRONG');
  await page.getByRole('button', { name: 'Find the paper' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await page.getByRole('link', { name: 'Practise' }).click();
  await expect(heading(page, 'Practice')).toBeVisible();
  await page.unroute(missing);
  await hydrated(page);
  await expect(page.getByText('A part of this page did not load.')).toBeHidden();
  const { faults } = await watch(page);
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Assessments' }).click();
  await expect(heading(page, 'Assessments')).toBeFocused();
  expect(faults).toEqual([]);
});
