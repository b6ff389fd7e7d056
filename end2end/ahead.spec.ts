import type { Page } from '@playwright/test';
import { ownTime, timeStands } from './support/clock';
import { courseTitle, modules } from './support/content';
import { openings } from './support/database';
import { come, heading, hydrated, isSameDocument, markDocument, next, open } from './support/page';
import { STUDENTS, onAnotherDevice, signIn } from './support/people';
import { ownStream } from './support/stream';
import { expect, test } from './support/test';

// Pages are fetched before their link is followed; the click then waits for nothing. A page that was not shown does not
// count as opened.

const [, , , module] = modules;
const [first, second, third] = module.pages;
const READ = '**/api/learning/read_page';

/** How often each server function is called from here on. */
function calls(page: Page) {
  const counted: Record<string, number> = {};
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const name = pathname.split('/').pop()!;
    if (pathname.startsWith('/api/')) counted[name] = (counted[name] ?? 0) + 1;
  });
  return counted;
}

test('the next page is fetched before its link is followed, and counts as opened only when shown', async ({ page }) => {
  const student = STUDENTS.fetchesAhead;
  await signIn(page, student);
  await open(page, `/learn/nmp/${module.slug}/${first.slug}`);
  await markDocument(page);
  const counted = calls(page);
  const ways = [
    { from: first, to: second, touch: (page: Page) => next(page, second.title).hover() },
    { from: second, to: third, touch: (page: Page) => next(page, third.title).focus() },
  ];
  for (const { to, touch } of ways) {
    const fetched = page.waitForResponse(READ);
    await touch(page);
    await (await fetched).finished();
    // The pointer would rest on the next page's link there, and fetch it at once.
    await page.mouse.move(0, 0);
    expect(openings(student, to.slug), 'fetching does not count as opening').toBe(0);
    // Showing it needs nothing more.
    await page.route(READ, (route) => route.abort());
    await next(page, to.title).press('Enter');
    await expect(heading(page, to.title)).toBeFocused();
    await expect.poll(() => openings(student, to.slug)).toBe(1);
    await page.unroute(READ);
  }
  expect(counted).toMatchObject({ read_page: 2, open_page: 2 });
  const fetched = page.waitForResponse(READ);
  await page.locator('a[rel=prev]').dispatchEvent('touchstart');
  await fetched;
  expect(openings(student, second.slug), 'a finger that only touched it').toBe(1);
  // A page shown again after Back is opened again.
  await page.goBack();
  await expect(heading(page, second.title)).toBeFocused();
  await expect.poll(() => openings(student, second.slug)).toBe(2);
  await isSameDocument(page);
});

test('the opening of a page is recorded although the network was down when it was shown', async ({ page }) => {
  const student = STUDENTS.opensLater;
  await signIn(page, student);
  await open(page, `/learn/nmp/${module.slug}/${first.slug}`);
  await ownTime(page);
  const fetched = page.waitForResponse(READ);
  await next(page, second.title).focus();
  await page.clock.runFor(100);
  await (await fetched).finished();
  await page.route('**/api/learning/open_page', (route) => route.abort());
  const lost = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/open_page'));
  await next(page, second.title).press('Enter');
  await lost;
  await page.unroute('**/api/learning/open_page');
  expect(openings(student, second.slug)).toBe(0);
  const afterAWhile = async () => {
    await page.clock.runFor(3_000);
    return openings(student, second.slug);
  };
  await expect.poll(afterAWhile).toBe(1);
});

test('data fetched ahead is not shown after later news', async ({ page, browser }) => {
  const student = STUDENTS.fetchesOld;
  await signIn(page, student);
  await open(page, `/learn/nmp/${module.slug}/${first.slug}`);
  const above = page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: module.title });
  const fetched = page.waitForResponse('**/api/learning/load_module');
  await above.hover();
  await fetched;
  const counted = calls(page);
  const { context } = await onAnotherDevice(browser, student, `/learn/nmp/${module.slug}/${second.slug}`);
  await expect.poll(() => Object.values(counted).reduce((sum, count) => sum + count, 0), 'the news has come').toBeGreaterThan(0);
  await above.press('Enter');
  await expect(heading(page, module.title)).toBeFocused();
  const opened = page.locator('.contents li').filter({ has: page.getByRole('link', { name: second.title }) });
  await expect(opened).toContainText('Opened');
  expect(counted.load_module).toBeGreaterThan(0);
  await context.close();
});

test('data fetched ahead is used once, and within twenty seconds', async ({ page }) => {
  await signIn(page, STUDENTS.fetchesOnce);
  // News would make it old, and a stream that is silent for that long is opened again, which is news.
  const { streams } = await ownStream(page);
  await ownTime(page);
  const [here, there] = [first, second].map(({ slug }) => `/learn/nmp/${module.slug}/${slug}`);
  await open(page, here);
  await expect.poll(streams).toBe(1);
  await markDocument(page);
  const counted = calls(page);
  // Only the test lets time pass.
  await timeStands(page);
  const ahead = async () => {
    const fetched = page.waitForResponse(READ);
    await next(page, second.title).focus();
    await page.clock.runFor(65);
    await (await fetched).finished();
    expect(counted.read_page).toBe(1);
  };
  const arrived = async (title: string) => {
    await expect(heading(page, title)).toBeVisible();
    await page.clock.runFor(100);
    await expect(heading(page, title)).toBeFocused();
  };
  const follow = async (path: string, title: string) => {
    // Followed by a script, without resting on the link before.
    await come(page, path);
    await arrived(title);
    const asked = counted.read_page;
    counted.read_page = 0;
    return asked;
  };
  await ahead();
  await page.clock.runFor(19_000);
  counted.read_page = 0;
  expect(await follow(there, second.title), 'nothing more is needed to show it').toBe(0);
  expect(await follow(here, first.title)).toBe(1);
  expect(await follow(there, second.title), 'it was used').toBe(1);
  expect(await follow(here, first.title)).toBe(1);
  await ahead();
  await page.clock.runFor(20_000);
  counted.read_page = 0;
  expect(await follow(there, second.title), 'it is old').toBe(1);
  await isSameDocument(page);
});

test('data fetched before a form is not shown after it', async ({ page }) => {
  await signIn(page, STUDENTS.fetchesOnce);
  await ownTime(page);
  const LOAD = '**/api/learning/load_courses';
  const counted = calls(page);
  const link = page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'My courses' });
  const press = () => page.getByRole('button', { name: 'Change the password' }).click();
  const ahead = async () => {
    const fetched = page.waitForResponse(LOAD);
    await link.focus();
    await page.clock.runFor(65);
    await (await fetched).finished();
    expect(counted.load_courses).toBe(1);
  };
  // The password stays the same: the test only needs an accepted form.
  let answer = () => {};
  await page.route('**/api/accounts/change_password', async (route) => {
    await new Promise<void>((go) => (answer = go));
    await route.fulfill({ body: 'null' });
  });
  for (const how of ['none is sent', 'one is sent', 'one is taken']) {
    await open(page, '/account');
    await markDocument(page);
    await timeStands(page);
    counted.load_courses = 0;
    if (how !== 'one is taken') await ahead();
    if (how !== 'none is sent') await Promise.all([page.waitForRequest('**/api/accounts/change_password'), press()]);
    if (how === 'one is taken') {
      // While it is on its way: fetched data may be older than it.
      await ahead();
      const again = page.waitForResponse('**/api/accounts/load_account');
      answer();
      await (await again).finished();
    }
    await come(page, '/learn');
    await expect(heading(page, 'My courses')).toBeVisible();
    expect(counted.load_courses, how).toBe(how === 'none is sent' ? 1 : 2);
    await isSameDocument(page);
    answer();
    await page.clock.resume();
  }
});

test("a page's own file loads beside the application, after the first paint, on every visit", async ({ browser }) => {
  for (const visit of ['first', 'second']) {
    // A browser of its own each time: nothing is in its cache.
    const context = await browser.newContext();
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().replace(/^.*\/pkg\/[^/]+\/|\.[^/]*(?=\.\w+$)/g, '')));
    await page.goto('/sign-in');
    await hydrated(page);
    const files = asked.filter((file) => /\.(css|wasm)$/.test(file));
    // The style first, and each once.
    expect(files.slice().sort(), visit).toEqual(['area_visitor.wasm', 'learning.css', 'learning.wasm']);
    expect(files[0], visit).toBe('learning.css');
    // The application does not have to find out which file it needs.
    await expect(page.locator('head link[rel=preload][href*="/area_visitor."]'), visit).toHaveCount(1);
    await context.close();
  }
});

test("an area's file is fetched before its link is followed", async ({ page }) => {
  await signIn(page, STUDENTS.fetchesAhead);
  await open(page, '/learn');
  await markDocument(page);
  const files = '**/pkg/**/*.wasm';
  const link = page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Assessments' });
  const fetched = page.waitForResponse((response) => /candidate\.[^/]+\.wasm$/.test(response.url()));
  await link.hover();
  await fetched;
  await page.waitForLoadState('networkidle');
  // A fetched file is not requested again.
  await page.route(files, (route) => route.abort());
  await link.click();
  await expect(heading(page, 'Assessments')).toBeFocused();
  await page.goBack();
  await expect(heading(page, 'My courses')).toBeFocused();
  await page.unroute(files);
  await page.getByRole('link', { name: courseTitle }).click();
  await expect(heading(page, courseTitle)).toBeFocused();
  await isSameDocument(page);
});
