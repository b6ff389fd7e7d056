import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
import { signIn } from './support/people';
import { expect, test } from './support/test';
import { areaOf } from './support/zone';

// P15: within an area people find each other, by parts of their profile, however they are spelt.

const DIRECTORY = '/zone/north-prescribers/directory';
const MEMBER = 'member@demo.example';
const SEARCHED = 'Name, role, interest or place';

async function arrived(page: Page, scripts: boolean) {
  if (scripts) await hydrated(page);
  else await asDrawn(page);
}

async function member(browser: Browser, scripts: boolean, width = 1280): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: { width, height: 800 } });
  const page = await context.newPage();
  await signIn(page, MEMBER);
  return page;
}

function cards(page: Page) {
  return page.locator('ul.members > li');
}

async function names(page: Page): Promise<string[]> {
  return cards(page).getByRole('heading', { level: 2 }).allTextContents();
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';

  test(`a misspelt name is found, and leads to the page of the member, ${how}`, async ({ browser }) => {
    const page = await member(browser, scripts);
    await page.goto(DIRECTORY);
    await arrived(page, scripts);
    await expect(heading(page, 'Directory')).toBeVisible();
    await expect(page.locator('#found')).toContainText('members');
    await page.getByLabel(SEARCHED).fill('dabrowksi lukasz');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.locator('#found')).toContainText('“dabrowksi lukasz”');
    await expect(cards(page).first()).toContainText('Łukasz Dąbrowski');
    await arrived(page, scripts);
    expect((await names(page)).slice(0, 5)).toEqual(Array(5).fill('Łukasz Dąbrowski'));
    await cards(page).first().getByRole('link').click();
    await expect(page).toHaveURL(/\/zone\/north-prescribers\/members\/[0-9a-f-]{36}$/);
    await expect(heading(page, 'Łukasz Dąbrowski')).toBeVisible();
  });

  test(`members are filtered, ordered, paged and drawn as a table, and Back works, ${how}`, async ({ browser }) => {
    const page = await member(browser, scripts);
    await page.goto(DIRECTORY);
    await arrived(page, scripts);
    await page.getByLabel('Role', { exact: true }).selectOption({ label: 'Trainer/Assessor (2000)' });
    await page.getByLabel('Order').selectOption({ label: 'Newest members' });
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.locator('#found')).toContainText('2,000 of');
    await arrived(page, scripts);
    await expect(cards(page)).toHaveCount(20);
    await expect(cards(page).filter({ hasText: 'Trainer/Assessor' })).toHaveCount(20);
    const first = page.url();
    const members = () => cards(page).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    const before = await members();

    await page.getByRole('link', { name: /More members/ }).click();
    await expect(page).toHaveURL(/after=[\w-]+/);
    await expect(page.getByRole('link', { name: /First members/ })).toBeVisible();
    await arrived(page, scripts);
    const after = await members();
    expect(new Set([...before, ...after]).size).toBe(40);
    await page.goBack();
    await expect(page).toHaveURL(first);
    await expect.poll(members).toEqual(before);
    await arrived(page, scripts);

    // The address says all of it: another member opens it and sees the same.
    await page.getByRole('link', { name: 'Show as a table' }).click();
    await expect(page.getByRole('columnheader', { name: 'Area of work' })).toBeVisible();
    await expect(page.locator('tbody tr')).toHaveCount(20);
    const again = await page.context().newPage();
    await again.goto(page.url());
    await arrived(again, scripts);
    await expect(again.locator('tbody tr')).toHaveCount(20);
    await expect(again.getByLabel('Role', { exact: true })).toHaveValue('Trainer/Assessor');
    await expect(again.getByLabel('Order')).toHaveValue('newest');
  });

  test(`an empty result says what to try, ${how}`, async ({ browser }) => {
    const page = await member(browser, scripts);
    await page.goto(`${DIRECTORY}?search=lukasz+qqqqqq&place=Leeds`);
    await arrived(page, scripts);
    await expect(page.locator('#found')).toContainText('Nobody among');
    await expect(page.getByText('is like “qqqqqq”')).toBeVisible();
    await expect(page.getByText('Take back a filter')).toBeVisible();
    await page.getByRole('link', { name: 'Show all members' }).click();
    await expect(cards(page)).toHaveCount(20);
  });
}

test('members are found while somebody types, and Back leads to the list before', async ({ browser }) => {
  const page = await member(browser, true);
  await page.goto(DIRECTORY);
  await hydrated(page);
  await page.getByLabel(SEARCHED).pressSequentially('gallagher');
  await expect(page).toHaveURL(/search=gallagher/);
  await expect(cards(page).first()).toContainText('Gallagher');
  // The field keeps the focus and what is typed, so that typing goes on.
  await expect(page.getByLabel(SEARCHED)).toBeFocused();
  await page.keyboard.type(' roisin');
  await expect(cards(page).first()).toContainText('Róisín Gallagher');
  await expect(page).toHaveURL(/search=gallagher\+roisin/);
  await page.goBack();
  await expect(page).toHaveURL((url) => url.search === '');
  await expect(page.getByLabel(SEARCHED)).toHaveValue('');

  // Who goes on to a filter while the answer is on its way stays there.
  let release = () => {};
  const held = new Promise<void>((done) => { release = done; });
  await page.route('**/api/zone/load_directory*', async (route) => { await held; await route.continue(); });
  const asked = page.waitForRequest(/load_directory/);
  await page.getByLabel(SEARCHED).pressSequentially('smith');
  await asked;
  await page.keyboard.press('Tab');
  const role = page.getByLabel('Role', { exact: true });
  await expect(role).toBeFocused();
  release();
  await expect(page.locator('#found')).toContainText('“smith”');
  await expect(role).toBeFocused();
});

test('the directory is accessible, and fits a narrow screen as cards and as a table', async ({ browser }) => {
  const page = await member(browser, true, 320);
  for (const query of ['', '?search=smith', '?view=table', '?search=qqqqqq']) {
    await page.goto(`${DIRECTORY}${query}`);
    await hydrated(page);
    await noSidewaysScrolling(page);
    await accessible(page, `the directory ${query}`);
  }
});

test('nobody but a member of the area sees its directory', async ({ browser }) => {
  const visitor = await (await browser.newContext()).newPage();
  const outside = await visitor.goto(DIRECTORY);
  expect(outside?.url()).toContain('/sign-in');
  const page = await member(browser, true);
  const other = await page.goto('/zone/wales-prescribers/directory');
  expect(other?.status()).toBe(404);
});

test('who leaves is gone from the pages that others have open', async ({ browser }) => {
  const [, ann, ben] = areaOf('leaving-live', ['Lea Leader', 'Ann Archer', 'Ben Baker']);
  const signedIn = async (email: string) => {
    const page = await (await browser.newContext()).newPage();
    await signIn(page, email);
    return page;
  };
  const [by, leaves] = [await signedIn(ben.email), await signedIn(ann.email)];
  await by.goto(ann.page);
  await hydrated(by);
  await by.getByLabel('Message to Ann Archer').fill('See you on Monday.');
  await by.getByRole('button', { name: 'Send the message' }).click();
  await expect(by.getByRole('status').filter({ hasText: 'Your message is on its way' })).toBeVisible();
  const [directory, messages] = [await by.context().newPage(), await by.context().newPage()];
  for (const [page, path] of [[directory, 'directory'], [messages, 'messages']] as const) {
    await page.goto(`/zone/leaving-live/${path}`);
    await hydrated(page);
    await expect(page.getByRole('main')).toContainText('Ann Archer');
  }
  await leaves.goto('/zone/leaving-live/leave');
  await hydrated(leaves);
  await leaves.getByRole('button', { name: /^Yes, leave/ }).click();
  await expect(heading(leaves, 'You have left')).toBeVisible();

  await expect(heading(by, 'This member has left')).toBeVisible();
  await expect(directory.locator('#found')).toContainText('2 members');
  await expect(messages.getByRole('main')).toContainText('a former member');
  for (const page of [by, directory, messages]) await expect(page.getByRole('main')).not.toContainText('Ann Archer');
  await accessible(by, 'the page of somebody who has left');
  for (const page of [by, leaves]) await page.context().close();
});
