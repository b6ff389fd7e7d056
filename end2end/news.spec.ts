import { expect, test } from '@playwright/test';
import { modules } from './support/content';
import { hydrated, open } from './support/page';
import { COHORT, STUDENTS, TUTOR, onAnotherDevice, signIn } from './support/people';

// What changes by itself must not disturb whoever is in the middle of something.

const [module] = modules;

test('news from elsewhere takes neither the focus nor what was opened away', async ({ page, browser }) => {
  await signIn(page, STUDENTS.keyboardNews);
  // Begun, so that what is missing is listed.
  await open(page, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  await open(page, `/learn/nmp/${module.slug}`);
  const why = page.locator('.why');
  await why.locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const link = why.getByRole('link').nth(1);
  await expect(link).toBeFocused();
  const begun = page.locator('.wheel circle.is-in-progress');
  const before = await begun.count();
  const [, , other] = modules;
  const { context } = await onAnotherDevice(browser, STUDENTS.keyboardNews, `/learn/nmp/${other.slug}/${other.pages[0].slug}`);
  await expect(begun).toHaveCount(before + 1);
  await expect(link).toBeVisible();
  await expect(link).toBeFocused();
  await context.close();
});

test('news of the cohort does not disturb a search that is being typed', async ({ page, browser }) => {
  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  await page.getByRole('link', { name: COHORT }).click();
  await expect(page.getByRole('table')).toBeVisible();
  await hydrated(page);
  const search = page.getByLabel('Name or e-mail address');
  await search.focus();
  await page.keyboard.type('ama');
  const row = page.getByRole('row').filter({ hasText: STUDENTS.searchNews });
  await expect(row.getByRole('img', { name: 'In progress' })).toHaveCount(0);
  const { context } = await onAnotherDevice(browser, STUDENTS.searchNews, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  await expect(row.getByRole('img', { name: 'In progress' })).toHaveCount(1);
  await expect(search).toBeFocused();
  await page.keyboard.type('ra');
  await expect(search).toHaveValue('amara');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('match “amara”');
  await context.close();
});

test('a search that is typed on while its answer comes stays as it is typed', async ({ page }) => {
  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  await page.getByRole('link', { name: COHORT }).click();
  await expect(page.getByRole('table')).toBeVisible();
  await hydrated(page);
  const search = page.getByLabel('Name or e-mail address');
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/cohorts/load_cohort', async (route) => {
    await held;
    await route.continue();
  });
  await search.focus();
  await page.keyboard.type('am');
  const asked = page.waitForRequest('**/api/cohorts/load_cohort');
  await page.keyboard.press('Enter');
  await asked;
  // Whoever goes on in the middle stays there too.
  await page.keyboard.type('ra');
  await page.keyboard.press('ArrowLeft');
  answer();
  await expect(page.getByRole('status')).toContainText('match “am”');
  await page.unrouteAll({ behavior: 'wait' });
  await expect(search).toBeFocused();
  await page.keyboard.type('o');
  await expect(search).toHaveValue('amroa');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('matches “amroa”');
  // Going back shows what was searched for there.
  await page.goBack();
  await expect(page.getByRole('status')).toContainText('match “am”');
  await expect(search).toHaveValue('am');
});
