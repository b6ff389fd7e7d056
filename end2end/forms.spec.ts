import type { Page } from '@playwright/test';
import { draftPaper, setter } from './support/exam';
import { heading, open } from './support/page';
import { expect, test } from './support/test';

// An accepted form is finished: its page stays until the next is there, but cannot send it again.

const LOAD = '**/api/assessment/load_{paper,sections}';

/** How often a server function is called from here on. */
function calls(page: Page, name: string) {
  const counted = { calls: 0 };
  page.on('request', (request) => (counted.calls += Number(new URL(request.url()).pathname.endsWith(`/${name}`))));
  return counted;
}

/** Holds back the requested page until it is released. */
async function heldBack(page: Page) {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(LOAD, async (route) => {
    await held;
    await route.continue();
  });
  return async () => {
    letGo();
    await page.unrouteAll({ behavior: 'wait' });
  };
}

/** Presses the button, and twice more when the form has been accepted and its next page is on the way. */
async function pressAgainAndAgain(page: Page, name: string) {
  const button = page.getByRole('button', { name });
  const asked = page.waitForRequest(LOAD);
  await button.click();
  await asked;
  await button.click();
  await button.press('Enter');
}

test('an accepted form is not sent again while its next page is on its way', async ({ browser }) => {
  const setterPage = await setter(browser);
  await open(setterPage, '/assessments/papers');
  const created = calls(setterPage, 'create_paper');
  const letGo = await heldBack(setterPage);
  await setterPage.getByLabel('Title', { exact: true }).fill('Pressed again');
  await setterPage.getByLabel('Mock paper').check();
  await pressAgainAndAgain(setterPage, 'Create a draft');
  await letGo();
  await expect(heading(setterPage, 'Pressed again')).toBeFocused();
  await open(setterPage, '/assessments/papers');
  await expect(setterPage.getByRole('link', { name: 'Pressed again' })).toHaveCount(1);
  expect(created.calls).toBe(1);
  await setterPage.context().close();
});

test('an accepted form is not sent again while its own page is redrawn, and can be sent from the new one, even if that did not load at first', async ({ browser }) => {
  const setterPage = await setter(browser);
  const address = await draftPaper(setterPage, { title: 'Sections', code: 'SECTIONS1' });
  await open(setterPage, `${address}/questions`);
  const added = calls(setterPage, 'add_section');
  const title = setterPage.getByLabel('Title of the section');
  const letGo = await heldBack(setterPage);
  await title.fill('First');
  await pressAgainAndAgain(setterPage, 'Add the section');
  await letGo();
  await expect(setterPage.getByRole('heading', { name: 'First' })).toBeVisible();
  await expect(setterPage.getByRole('alert')).toHaveCount(0);
  expect(added.calls).toBe(1);

  await setterPage.route(LOAD, (route) => route.abort());
  await title.fill('Second');
  await setterPage.getByRole('button', { name: 'Add the section' }).click();
  await expect(heading(setterPage, 'We cannot reach the server')).toBeVisible();
  await setterPage.unrouteAll({ behavior: 'wait' });
  await expect(setterPage.getByRole('heading', { name: 'Second' })).toBeVisible({ timeout: 15_000 });
  await title.fill('Third');
  await setterPage.getByRole('button', { name: 'Add the section' }).click();
  await expect(setterPage.getByRole('heading', { name: 'Third' })).toBeVisible();
  expect(added.calls).toBe(3);
  await setterPage.context().close();
});
