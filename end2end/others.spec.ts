import { execFileSync } from 'node:child_process';
import type { Page, Route } from '@playwright/test';
import { courseTitle, modules } from './support/content';
import { demo } from './support/database';
import { SETTER, SUBMIT, draftPaper, question, setPaper, setter, start } from './support/exam';
import { come, heading, hydrated, isSameDocument, markDocument, next, open, translate } from './support/page';
import { STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';

// Faults of other applications of this kind, tried here as their reporters would; see docs/tried.md.

const { wanders: GOES_ABOUT, hurries: HURRIES } = STUDENTS;

const [module, other, third] = modules;
const [first, second] = module.pages;

/** Delays the replies that `which` picks. Counted from 1. */
async function late(page: Page, path: string, ms: number, which: (n: number) => boolean = () => true) {
  let n = 0;
  await page.route(path, async (route: Route) => {
    n += 1;
    if (which(n)) await new Promise((later) => setTimeout(later, ms));
    // After another navigation the page no longer waits for it.
    await route.continue().catch(() => {});
  });
}

/** The address bar and the shown page agree, even after all pending replies have arrived. */
async function staysAt(page: Page, path: string, title: string) {
  await expect(heading(page, title)).toBeFocused();
  await page.waitForTimeout(2_500);
  await expect(page).toHaveURL((url) => url.pathname === path);
  await expect(page.locator('h1')).toHaveText(title);
  await expect(heading(page, title)).toBeFocused();
  await expect.poll(() => page.title()).toContain(title);
}

test('going back through a late page ends at the page in the address bar', async ({ page }) => {
  await signIn(page, HURRIES);
  await open(page, '/learn');
  await page.getByRole('link', { name: courseTitle }).click();
  await expect(heading(page, courseTitle)).toBeFocused();
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'My courses' }).click();
  await expect(heading(page, 'My courses')).toBeFocused();
  await markDocument(page);
  await late(page, '**/api/learning/load_course', 1_500);
  await page.evaluate(async () => {
    history.back();
    await new Promise((later) => setTimeout(later, 150));
    history.back();
  });
  await staysAt(page, '/learn', 'My courses');
  await page.goForward();
  await staysAt(page, '/learn/nmp', courseTitle);
  await isSameDocument(page);
});

test('the last of two pressed links counts, whichever reply arrives first', async ({ page }) => {
  await signIn(page, HURRIES);
  await open(page, '/learn');
  await markDocument(page);
  await late(page, '**/api/learning/load_course', 2_000);
  await page.getByRole('link', { name: courseTitle }).click();
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Account' }).click();
  await staysAt(page, '/account', 'Your account');
  await page.goBack();
  await expect(heading(page, 'My courses')).toBeFocused();
  // Two pages of the same kind.
  await come(page, `/learn/nmp/${module.slug}`);
  await expect(heading(page, module.title)).toBeFocused();
  await late(page, '**/api/learning/load_module', 2_000, (n) => n === 1);
  await come(page, `/learn/nmp/${other.slug}`);
  await come(page, `/learn/nmp/${third.slug}`);
  await staysAt(page, `/learn/nmp/${third.slug}`, third.title);
  await isSameDocument(page);
});

test('going back before a page has arrived stays on the earlier page', async ({ page }) => {
  await signIn(page, HURRIES);
  await open(page, '/account');
  await come(page, '/learn');
  await expect(heading(page, 'My courses')).toBeFocused();
  await markDocument(page);
  await late(page, '**/api/learning/load_course', 2_000);
  const asked = page.waitForRequest('**/api/learning/load_course');
  await page.getByRole('link', { name: courseTitle }).click();
  await asked;
  await page.evaluate(() => history.back());
  await staysAt(page, '/account', 'Your account');
  await page.goForward();
  await staysAt(page, '/learn', 'My courses');
  await isSameDocument(page);
});

test('a link that is pressed five times is one step back', async ({ page }) => {
  await signIn(page, HURRIES);
  await open(page, '/learn');
  await markDocument(page);
  await late(page, '**/api/learning/load_course', 1_000);
  const before = await page.evaluate(() => history.length);
  await page.getByRole('link', { name: courseTitle }).evaluate((link: HTMLElement) => {
    for (let n = 0; n < 5; n += 1) link.click();
  });
  await expect(heading(page, courseTitle)).toBeFocused();
  expect(await page.evaluate(() => history.length)).toBe(before + 1);
  await page.goBack();
  await expect(heading(page, 'My courses')).toBeFocused();
  await isSameDocument(page);
});

test('the last of two searches counts, and the field agrees with the results, forward and back', async ({ page }) => {
  await signIn(page, TUTOR);
  await open(page, `/cohorts/${demo('cohort')}`);
  await markDocument(page);
  await late(page, '**/api/cohorts/load_cohort', 2_500, (n) => n === 1);
  const search = page.getByLabel('Name or e-mail address');
  const shows = async (typed: string, said: string) => {
    await expect(page.getByRole('status').first()).toContainText(said);
    await expect(search).toHaveValue(typed);
  };
  await search.fill('a');
  await search.press('Enter');
  await search.fill('amara');
  await search.press('Enter');
  await shows('amara', 'match “amara”');
  await page.waitForTimeout(3_500);
  await shows('amara', 'match “amara”');
  await page.goBack();
  await shows('a', 'match “a”');
  await page.goBack();
  await expect(search).toHaveValue('');
  await page.goForward();
  await shows('a', 'match “a”');
  await isSameDocument(page);
});

test('after an accepted form, "back" shows the current state, and a second visit shows no problem of the first', async ({ browser }) => {
  const setterPage = await setter(browser);
  const address = await draftPaper(setterPage, { title: 'Looked at again', code: 'LOOKEDAT1' });
  await open(setterPage, address);
  await markDocument(setterPage);
  await setterPage.getByRole('link', { name: 'Settings' }).click();
  await expect(heading(setterPage, 'Settings')).toBeVisible();
  const minutes = setterPage.getByLabel('Time limit in minutes');
  await minutes.fill('');
  await setterPage.getByRole('button', { name: 'Save the settings' }).click();
  await expect(setterPage).toHaveTitle(/^Error: /);
  await setterPage.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Looked at again' }).click();
  await expect(heading(setterPage, 'Looked at again')).toBeFocused();
  await setterPage.goBack();
  await expect(heading(setterPage, 'Settings')).toBeVisible();
  await expect(setterPage).not.toHaveTitle(/^Error: /);
  await expect(setterPage.locator('.error-summary')).toHaveCount(0);
  await expect(minutes).toHaveValue('30');
  for (const typed of ['48', '49']) {
    await minutes.fill(typed);
    await setterPage.getByRole('button', { name: 'Save the settings' }).click();
    await expect(heading(setterPage, 'Looked at again')).toBeVisible();
    // Not the old form with its old version: this one can be sent again.
    await setterPage.goBack();
    await expect(heading(setterPage, 'Settings')).toBeVisible();
    await expect(minutes).toHaveValue(typed);
  }
  await isSameDocument(setterPage);
  await setterPage.context().close();
});

test('typed text stays when a problem leads to its field, and on the way back from there', async ({ page }) => {
  await signIn(page, SETTER);
  await open(page, '/assessments/papers');
  const title = page.getByLabel('Title', { exact: true });
  await title.fill('Typed before');
  await page.getByRole('button', { name: 'Create a draft' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await markDocument(page);
  await page.locator('.error-summary a').first().click();
  await expect(page.locator('#kind')).toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL(/\/assessments\/papers$/);
  await expect(title).toHaveValue('Typed before');
  await expect(page).toHaveTitle(/^Error: /);
  await isSameDocument(page);
});

test('text typed before the scripts load stays, and a password manager\'s entry is sent', async ({ page }) => {
  await signIn(page, TUTOR);
  const held: (() => void)[] = [];
  let holds = true;
  await page.route('**/pkg/**/*.wasm', async (route) => {
    if (holds) await new Promise<void>((go) => held.push(go));
    await route.continue().catch(() => {});
  });
  const come = async () => {
    holds = false;
    held.splice(0).forEach((go) => go());
    await expect(page.locator('html[data-hydrated]')).toBeAttached();
  };
  await page.goto(`/cohorts/${demo('cohort')}`, { waitUntil: 'commit' });
  const search = page.getByLabel('Name or e-mail address');
  await search.fill('amara');
  await come();
  await expect(search).toHaveValue('amara');
  holds = true;
  await page.goto('/account', { waitUntil: 'commit' });
  await page.locator('#current_password').fill('typed early');
  await come();
  await expect(page.locator('#current_password')).toHaveValue('typed early');
  // Without an event.
  await page.evaluate(() => {
    for (const [id, value] of [['current_password', 'not the one'], ['new_password', 'a long enough new one 77']]) {
      (document.getElementById(id) as HTMLInputElement).value = value;
    }
  });
  const sent = page.waitForRequest(/change_password$/);
  await page.getByRole('button', { name: 'Change the password' }).click();
  expect(Object.fromEntries(new URLSearchParams((await sent).postData()!))).toMatchObject({ current_password: 'not the one', new_password: 'a long enough new one 77' });
});

test('navigation in a page that the browser translates shows every page whole', async ({ page }) => {
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(error.message));
  await signIn(page, GOES_ABOUT);
  await open(page, '/learn');
  await markDocument(page);
  await translate(page);
  const arrives = async (name: string) => {
    await expect(heading(page, name)).toBeFocused();
    await expect(page.locator('h1')).toHaveCount(1);
  };
  await page.getByRole('link', { name: courseTitle }).click();
  await arrives(courseTitle);
  await page.locator('.task-list').getByRole('link', { name: module.title, exact: true }).click();
  await arrives(module.title);
  await page.getByRole('link', { name: first.title }).first().click();
  await arrives(first.title);
  await next(page, second.title).click();
  await arrives(second.title);
  await page.goBack();
  await arrives(first.title);
  await come(page, '/account');
  await arrives('Your account');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  await come(page, '/assessments/practice');
  await arrives('Practice');
  await isSameDocument(page);
  expect(thrown).toEqual([]);
});

test('"back" after a paper was submitted opens nothing again and begins nothing', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Gone back to', code: 'GONEBACK1', minutes: 60 });
  await setterPage.context().close();
  await signIn(page, GOES_ABOUT);
  const room = await start(page, 'GONEBACK1');
  await hydrated(page);
  await question(page, 1, 3);
  await page.getByRole('button', { name: /Review/ }).first().click();
  await page.getByRole('button', { name: SUBMIT }).last().click();
  await expect(page).toHaveURL(new RegExp(`${room}/receipt$`));
  await page.goBack();
  // The room has ended, and redirects to its receipt.
  await expect(page).toHaveURL(new RegExp(`${room}/receipt$`));
  await expect(page.getByRole('button', { name: SUBMIT })).toHaveCount(0);
  const began = () => execFileSync('psql', ['-XAtq', process.env.DATABASE_URL!], { input: "select count(*) from sittings where paper_id = (select id from papers where title = 'Gone back to')", encoding: 'utf8' }).trim();
  await page.goBack();
  await expect(page).toHaveURL(/\/assessments\/start\//);
  expect(began()).toBe('1');
});

test('a reload keeps the place on the page, and the way back from a page that was loaded again leads to it', async ({ page }) => {
  await page.setViewportSize({ width: 600, height: 300 });
  await signIn(page, GOES_ABOUT);
  await open(page, `/learn/nmp/${module.slug}/${first.slug}`);
  const down = () => page.evaluate(() => Math.round(window.scrollY));
  await page.mouse.wheel(0, 300);
  await expect.poll(async () => (await down()) > 0 && (await down()) === (await page.evaluate(() => history.state)), 'it is written down').toBe(true);
  const before = await down();
  await page.reload();
  await hydrated(page);
  await expect.poll(down).toBe(before);
  // By keyboard, which does not scroll.
  await next(page, second.title).evaluate((link: HTMLElement) => link.click());
  await expect(heading(page, second.title)).toBeFocused();
  await page.reload();
  await hydrated(page);
  await page.goBack();
  await expect(heading(page, first.title)).toBeVisible();
  await expect.poll(down).toBe(before);
});

test('the last of two papers opened while their file is on its way is shown', async ({ page }) => {
  await signIn(page, SETTER);
  await open(page, '/assessments/papers');
  await page.route('**/pkg/**/*.wasm', async (route) => {
    await new Promise((later) => setTimeout(later, 1_500));
    await route.continue().catch(() => {});
  });
  await come(page, `/assessments/papers/${demo('sat')}`);
  await page.waitForTimeout(400);
  await come(page, `/assessments/papers/${demo('open')}`);
  await expect(heading(page, 'Numeracy practice paper (demo)')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${demo('open')}$`));
});

test('the address bar names the shown page, even after going back and forward', async ({ page }) => {
  await signIn(page, HURRIES);
  await open(page, `/learn/nmp/${module.slug}`);
  await markDocument(page);
  const at = async (page_: { slug: string; title: string }) => {
    await expect(heading(page, page_.title)).toBeFocused();
    await expect(page).toHaveURL(new RegExp(`/${page_.slug}$`));
  };
  await page.locator('.contents').getByRole('link', { name: first.title, exact: true }).click();
  await at(first);
  await next(page, second.title).click();
  await at(second);
  await page.goBack();
  await at(first);
  await page.goForward();
  await at(second);
  await page.locator('a[rel=prev]').click();
  await at(first);
  await page.goBack();
  await at(second);
  await isSameDocument(page);
});

test('going back before the scripts load shows one page, the one in the address bar', async ({ page }) => {
  await signIn(page, HURRIES);
  await open(page, '/learn');
  await page.getByRole('link', { name: courseTitle }).click();
  await expect(heading(page, courseTitle)).toBeFocused();
  const held: (() => void)[] = [];
  let holds = true;
  await page.route('**/pkg/**/*.wasm', async (route) => {
    if (holds) await new Promise<void>((go) => held.push(go));
    await route.continue().catch(() => {});
  });
  await page.reload({ waitUntil: 'commit' });
  await expect(heading(page, courseTitle)).toBeVisible();
  await page.evaluate(() => history.back());
  await expect(page).toHaveURL(/\/learn$/);
  holds = false;
  held.splice(0).forEach((go) => go());
  await expect(heading(page, 'My courses')).toBeVisible();
  await hydrated(page);
  await expect(page.locator('h1')).toHaveCount(1);
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Account' }).click();
  await expect(heading(page, 'Your account')).toBeFocused();
  await expect(page.locator('h1')).toHaveCount(1);
});

test('a page is loaded as a document once, whichever link led to it', async ({ page }) => {
  let documents = 0;
  page.on('request', (request) => (documents += Number(request.isNavigationRequest() && request.method() === 'GET')));
  await signIn(page, HURRIES);
  await hydrated(page);
  documents = 0;
  // Redirected by the server.
  await page.goto('/sign-in?next=/learn');
  await hydrated(page);
  await page.waitForTimeout(1_000);
  const sent = documents;
  await page.goto('/learn/nmp?from=a%20letter#main');
  await hydrated(page);
  await page.waitForTimeout(1_000);
  expect(documents - sent).toBe(1);
  // The request, and its redirect.
  expect(sent).toBeLessThanOrEqual(2);
});

test('turning back and forward quickly begins the next page at its top, and keeps the focus', async ({ page }) => {
  await page.setViewportSize({ width: 600, height: 400 });
  await signIn(page, HURRIES);
  await open(page, '/learn/nmp');
  const down = () => page.evaluate(() => Math.round(window.scrollY));
  await page.mouse.wheel(0, 600);
  await expect.poll(async () => (await down()) > 0 && (await down()) === (await page.evaluate(() => history.state)), 'it is written down').toBe(true);
  // A click that does not scroll.
  await come(page, '/account');
  await expect(heading(page, 'Your account')).toBeFocused();
  await late(page, '**/api/learning/load_course', 1_500);
  await page.evaluate(async () => {
    history.back();
    await new Promise((later) => setTimeout(later, 200));
    history.forward();
  });
  await staysAt(page, '/account', 'Your account');
  await come(page, `/learn/nmp/${module.slug}`);
  await expect(heading(page, module.title)).toBeFocused();
  await expect.poll(down).toBe(0);
});

test('without a network a page whose file is missing says so, and loads when there is one', async ({ page, context }) => {
  const thrown: string[] = [];
  page.on('pageerror', (error) => thrown.push(error.message));
  await signIn(page, HURRIES);
  await open(page, '/learn');
  await markDocument(page);
  await context.setOffline(true);
  await come(page, '/assessments');
  await expect(heading(page, 'We cannot reach the server')).toBeFocused();
  await isSameDocument(page);
  await context.setOffline(false);
  await expect(heading(page, 'Assessments')).toBeVisible();
  expect(thrown).toEqual([]);
});

test('a late page has the focus, and the place where it was left', async ({ page, context }) => {
  await page.setViewportSize({ width: 600, height: 400 });
  await signIn(page, HURRIES);
  await open(page, '/learn/nmp');
  await markDocument(page);
  const down = () => page.evaluate(() => Math.round(window.scrollY));
  await page.mouse.wheel(0, 500);
  await expect.poll(async () => (await down()) > 0 && (await down()) === (await page.evaluate(() => history.state)), 'it is written down').toBe(true);
  const before = await down();
  // A click that does not scroll.
  await come(page, '/account');
  await expect(heading(page, 'Your account')).toBeFocused();
  await context.setOffline(true);
  await page.goBack();
  await expect(heading(page, 'We cannot reach the server')).toBeFocused();
  await context.setOffline(false);
  await expect(heading(page, courseTitle)).toBeFocused();
  await expect.poll(down).toBe(before);
  await isSameDocument(page);
});
