import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { courseTitle, modules } from './support/content';
import { openings } from './support/database';
import { heading, hydrated, next, noSidewaysScrolling, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { OwnServer, laterBuild } from './support/server';
import { expect, test } from './support/test';

// Who asks for it on a device of their own goes on reading where there is no network. A shared computer keeps nothing:
// nothing is registered without the asking, and nothing stays after a sign-out.

const [module, after, , , , far] = modules;
const [first, second, third] = module.pages;
const base = `/learn/nmp/${module.slug}`;
const OFFLINE = /ERR_INTERNET_DISCONNECTED/;
const UNKEPT = 'This page is not kept on this device';

/** Everything that this browser keeps beside cookies. */
function kept(page: Page) {
  return page.evaluate(async () => ({
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));
}

async function keepsNothing(page: Page) {
  await expect.poll(() => kept(page)).toEqual({ caches: [], workers: 0 });
}

/** The paths of all that is kept. */
function paths(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const all: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) all.push(new URL(url).pathname);
    }
    return all;
  });
}

/** Asks for it, and waits until all is there. */
async function keepCourses(page: Page) {
  await open(page, '/offline');
  await expect(page.getByText('This needs scripts')).toBeHidden();
  await page.getByRole('button', { name: 'Keep my courses on this device' }).click();
  await expect(page.getByText(/^Kept on this device: \d+ pages, \d+\.\d MB\. Until \d+ \w+ \d{4}, unless you sign out before\.$/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Remove from this device' })).toBeFocused();
}

async function isCopyOf(page: Page, title: string) {
  await expect(heading(page, title)).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Kept copy' })).toContainText(new RegExp(`You are reading a kept copy of “${title}”, of \\d+ \\w+ \\d{4} at [1-9]\\d?:\\d\\d[ap]m\\.`));
  await expect(page.getByText('You are offline.')).toBeVisible();
}

/** How many openings of the learner were told later. */
function toldLater(email: string): number {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `email=${email}`, process.env.DATABASE_URL!];
  const input = `select count(*) from late_openings o join enrolments e on e.id = o.enrolment_id
    join people l on l.id = e.learner_id where l.email = :'email' and o.opened_at < o.sent_at`;
  return Number(execFileSync('psql', options, { input, encoding: 'utf8' }));
}

test('who asks for it reads on without a network, and what was read is counted afterwards', async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const student = STUDENTS.offlineReads;
  await signIn(page, student);
  await open(page, '/learn');
  await page.getByRole('link', { name: 'Read without a network' }).click();
  await expect(heading(page, 'Read without a network')).toBeVisible();
  await keepCourses(page);
  await accessible(page, 'courses kept on this device');

  await open(page, `${base}/${first.slug}`);
  await next(page, second.title).click();
  await expect(heading(page, second.title)).toBeVisible();
  await expect.poll(() => openings(student, second.slug), 'keeping a page is no opening of it').toBe(1);
  expect(openings(student, third.slug)).toBe(0);

  await context.setOffline(true);
  // From a page of the application, by a click.
  await next(page, third.title).click();
  await isCopyOf(page, third.title);
  await accessible(page, 'a kept copy');
  await expect(page.getByRole('button', { name: 'Sign out' })).toHaveCount(0);
  await page.reload();
  await isCopyOf(page, third.title);
  // From a copy: back, and to the next module.
  await page.locator('a[rel=prev]').click();
  await isCopyOf(page, second.title);
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: courseTitle }).first().click();
  await isCopyOf(page, courseTitle);
  await page.locator('#modules').getByRole('link', { name: after.title, exact: true }).click();
  await isCopyOf(page, after.title);
  await page.goto(`/learn/nmp/${after.slug}/${after.pages[0].slug}`);
  await isCopyOf(page, after.pages[0].title);

  // What is not kept is said kindly, and what needs the server is named.
  await page.goto(`/learn/nmp/${far.slug}`);
  await expect(heading(page, UNKEPT)).toBeVisible();
  await accessible(page, 'a page that is not kept');
  await page.getByRole('link', { name: courseTitle, exact: true }).click();
  await isCopyOf(page, courseTitle);
  await page.getByRole('link', { name: 'My notes and bookmarks' }).click();
  await expect(page.getByText('“My notes and bookmarks” needs a network.')).toBeVisible();
  await page.goto('/');
  await expect(heading(page, 'You are offline')).toBeVisible();

  // Exams, checks and the account come from the server or not at all.
  for (const path of ['/assessments', '/assessments/practice', `${base}/check`, '/learn/nmp/notes', '/learn/record', '/account']) {
    await expect(page.goto(path), path).rejects.toThrow(OFFLINE);
  }
  expect(openings(student, third.slug), 'nothing has been told yet').toBe(0);

  await context.setOffline(false);
  await open(page, '/learn/nmp');
  await expect.poll(() => openings(student, third.slug), 'shown, and loaded again').toBe(2);
  expect(openings(student, after.pages[0].slug)).toBe(1);
  expect(openings(student, second.slug), 'with the one that was told at once').toBe(2);
  expect(toldLater(student)).toBe(4);
  // They are not told again.
  await expect.poll(async () => (await paths(page)).filter((path) => path.startsWith('/kept/opening/'))).toEqual([]);
  await open(page, `${base}/${third.slug}`);
  await expect.poll(() => openings(student, third.slug)).toBe(3);
  const allowed = /^\/(learn\/(?!record)[a-z0-9-]+(\/[a-z0-9-]+){0,2}|media\/[0-9a-f]+\.svg|pkg\/[0-9a-f]+\/[^/]+\.css|fonts\/[^/]+\.woff2|offline\.js|kept\/state)$/;
  expect((await paths(page)).filter((path) => !allowed.test(path) || /\/(check|end|search|glossary|notes)$/.test(path))).toEqual([]);

  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
  await keepsNothing(page);
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('keeps-pages');
  await context.setOffline(true);
  await page.goto(`${base}/${first.slug}`).catch(() => {});
  await expect(heading(page, first.title)).toHaveCount(0);
  await context.close();
});

test('without the asking nothing is registered or kept', async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await signIn(page, STUDENTS.offlineNot);
  await open(page, `${base}/${first.slug}`);
  await next(page, second.title).click();
  await expect(heading(page, second.title)).toBeVisible();
  await keepsNothing(page);
  // Even where one may ask.
  expect(asked.filter((path) => /worker|offline|webmanifest/.test(path))).toEqual([]);
  await open(page, '/offline');
  await expect(page.getByText('Nothing is kept on this device.')).toBeVisible();
  await keepsNothing(page);
  await context.close();
});

test('what is kept goes when its owner removes it, and when their session ends', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 320, height: 700 } });
  const page = await context.newPage();
  await signIn(page, STUDENTS.offlineEnds);
  await keepCourses(page);
  await noSidewaysScrolling(page);
  await page.getByRole('button', { name: 'Remove from this device' }).click();
  await expect(page.getByText('Removed: nothing is kept on this device any more.')).toBeVisible();
  await keepsNothing(page);

  // The session ends somewhere else, and the next page says so.
  await keepCourses(page);
  await context.clearCookies({ name: 'session' });
  await page.goto('/sign-in');
  await hydrated(page);
  await keepsNothing(page);

  // The browser has forgotten who is signed in, and there is no network to ask.
  await signIn(page, STUDENTS.offlineEnds);
  await keepCourses(page);
  await context.clearCookies({ name: 'signed-in' });
  await context.setOffline(true);
  await page.goto('/learn/nmp');
  await expect(heading(page, UNKEPT)).toBeVisible();
  await expect(page.getByText('No courses are kept on this device.')).toBeVisible();
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
  await context.close();
});

test('a new version is offered, and loaded when the person says so', async ({ browser }) => {
  const later = laterBuild();
  const server = await OwnServer.start();
  const page = await server.page(browser);
  await signIn(page, STUDENTS.offlineVersion);
  await keepCourses(page);
  await server.down();
  await server.up(later.site);
  await open(page, '/learn/nmp');
  const bar = page.getByRole('complementary', { name: 'New version' });
  await expect(bar).toContainText('A new version is ready.');
  await accessible(page, 'a new version is offered');
  await bar.getByRole('button', { name: 'Later' }).click();
  await expect(bar).toHaveCount(0);
  const styles = async () => (await page.evaluate(() => caches.keys())).filter((name) => name.startsWith('kept-style-'));
  expect(await styles(), 'the old one is still what answers').toHaveLength(2);

  await open(page, `${base}/${first.slug}`);
  await expect(bar).toBeVisible();
  const loaded = page.waitForEvent('load');
  await bar.getByRole('button', { name: 'Load it now' }).click();
  await loaded;
  await hydrated(page);
  await expect.poll(styles).toEqual([`kept-style-${later.folder}`]);
  await expect(bar).toHaveCount(0);
  // What was kept before is shown in the style of the new version.
  await page.context().setOffline(true);
  await page.goto(`${base}/${second.slug}`);
  await isCopyOf(page, second.title);
  expect(await page.evaluate(() => document.styleSheets[0].cssRules.length)).toBeGreaterThan(0);
  await page.context().close();
  await server.down();
  later.remove();
});

test('without scripts the page says that it needs them', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, STUDENTS.offlineNot);
  await page.goto('/offline');
  await expect(page.getByText('This needs scripts, and they have not loaded.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Keep my courses on this device' })).toHaveCount(0);
  await context.close();
});
