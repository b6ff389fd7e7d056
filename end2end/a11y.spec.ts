import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { answerAll, submit } from './support/check';
import { modules, pageWith } from './support/content';
import { linkFor } from './support/mail';
import { heading, hydrated, open } from './support/page';
import { COHORT, LEAD, STUDENTS, TUTOR, onAnotherDevice, signIn } from './support/people';
import { expect, test } from './support/test';

// Axe finds nothing on any page, in any of its states, wide and narrow; and no page scrolls sideways.

const [module] = modules;
const checkPath = `/learn/nmp/${module.slug}/check`;

/** Clicks a plain form's button and waits for the next page. */
async function send(page: Page, button: string, title: RegExp) {
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page).toHaveTitle(title);
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
}

for (const [name, width, height, students] of [
  ['wide', 1280, 900, { forms: STUDENTS.axeFormsWide, account: STUDENTS.axeAccountWide, learner: STUDENTS.axeWide }],
  ['narrow', 320, 640, { forms: STUDENTS.axeFormsNarrow, account: STUDENTS.axeAccountNarrow, learner: STUDENTS.axeNarrow }],
] as const) {
  test.describe(name, () => {
    test.use({ viewport: { width, height } });

    test('signed out', async ({ page }) => {
      await open(page, '/');
      await accessible(page, 'the start, signed out');
      await open(page, '/sign-in');
      await accessible(page, 'signing in');
      await page.getByLabel('E-mail address').fill('nobody');
      await send(page, 'Sign in', /^Error: Sign in/);
      await accessible(page, 'signing in, with errors');
      await open(page, '/learn');
      await expect(page.getByText('Sign in to see that page.')).toBeVisible();
      await accessible(page, 'signing in, sent there');
      await open(page, '/forgotten-password');
      await accessible(page, 'forgotten password');
      await send(page, 'Send me a link', /^Error: Forgotten password/);
      await accessible(page, 'forgotten password, with an error');
      await page.getByLabel('E-mail address').fill(students.forms);
      await send(page, 'Send me a link', /^Check your e-mail/);
      await accessible(page, 'the link is sent');

      const link = await linkFor(students.forms);
      await open(page, link);
      await accessible(page, 'choosing a password');
      await page.getByLabel('New password').fill('short');
      await send(page, 'Save the password', /^Error: Choose a password/);
      await accessible(page, 'choosing a password, with an error');
      await page.getByLabel('New password').fill('eleven otters hum in the barn');
      await send(page, 'Save the password', /^Password saved/);
      await accessible(page, 'the password is saved');
      await open(page, link);
      await expect(heading(page, 'This link no longer works')).toBeVisible();
      await hydrated(page);
      await accessible(page, 'a link that was used');
      await open(page, '/display');
      await accessible(page, 'colours and text size');
      await open(page, '/nowhere');
      await expect(heading(page, 'Page not found')).toBeVisible();
      await accessible(page, 'not found, signed out');
    });

    test('account', async ({ page, browser }) => {
      await signIn(page, students.account);
      await hydrated(page);
      await accessible(page, 'the start, signed in');
      const { context: other } = await onAnotherDevice(browser, students.account, '/account');
      await open(page, '/account');
      await expect(page.locator('.devices > li')).toHaveCount(2);
      await accessible(page, 'the account, with two devices');
      await send(page, 'Change the password', /^Error: Your account/);
      await accessible(page, 'the account, with errors');
      await page.locator('.devices').getByRole('button').click();
      await expect(page.getByRole('status')).toHaveText('The device has been signed out.');
      await hydrated(page);
      await accessible(page, 'the account, after a device was signed out');
      await open(page, '/account/second-factor');
      await accessible(page, 'no second factor yet');
      await open(page, '/account/withdraw');
      await accessible(page, 'withdrawing consent');
      await open(page, '/account/reminders');
      await accessible(page, 'reminders and calendar');
      await open(page, '/cohorts');
      await expect(page.getByText('You are not signed up to follow a cohort.')).toBeVisible();
      await accessible(page, 'no cohorts');
      await open(page, '/learn/nmp/nowhere');
      await expect(heading(page, 'Page not found')).toBeVisible();
      await accessible(page, 'not found, signed in');
      await other.close();
    });

    test('NMP Zone', async ({ page }) => {
      const area = '/zone/north-prescribers';
      await open(page, '/zone');
      await accessible(page, 'the areas of the Zone, signed out');
      await open(page, `${area}/join`);
      await accessible(page, 'registering for an area');
      await signIn(page, LEAD);
      for (const [path, state] of [
        ['/zone', 'the areas of the Zone'],
        ['/zone/leave', 'leaving the Zone'],
        ['/zone/left', 'the Zone was left'],
        ['/zone/wales-prescribers/join', 'asking to join an area'],
        [area, 'an area'],
        [`${area}/directory`, 'a directory'],
        [`${area}/directory?view=table`, 'a directory as a table'],
        [`${area}/directory?search=Siobhan&sort=newest`, 'a search in a directory'],
        [`${area}/directory?search=qqqqqqqq`, 'a search that finds nobody'],
        [`${area}/profile`, 'a profile to fill in'],
        [`${area}/contacts`, 'the contacts of an area'],
        [`${area}/resources`, 'the library of an area'],
        [`${area}/messages`, 'the messages of a member'],
        [`${area}/applications`, 'the applications to an area'],
        [`${area}/reports`, 'the reports of an area'],
        [`${area}/leave`, 'leaving an area'],
      ]) {
        await open(page, path);
        await accessible(page, state);
      }
      await open(page, `${area}/directory?search=Demo+Member`);
      await page.getByRole('main').getByRole('link', { name: 'Demo Member', exact: true }).click();
      await expect(heading(page, 'Demo Member')).toBeVisible();
      await hydrated(page);
      await accessible(page, 'a member of an area');
    });

    test('learning', async ({ page }) => {
      await signIn(page, students.learner);
      await open(page, '/learn');
      await accessible(page, 'my courses');
      await open(page, '/learn/nmp');
      await accessible(page, 'a course, not begun');
      await open(page, '/learn/nmp/end');
      await accessible(page, 'the end of a course, not reached');
      await open(page, `/learn/nmp/${module.slug}`);
      await accessible(page, 'a module, not begun');
      await open(page, pageWith(/^\|/m));
      await expect(page.locator('.prose table').first()).toBeVisible();
      await accessible(page, 'a page with a table');
      await open(page, pageWith(/^!\[/m));
      await expect(page.locator('.prose img').first()).toBeVisible();
      await accessible(page, 'a page with a figure');
      for (const { slug } of module.pages) await open(page, `/learn/nmp/${module.slug}/${slug}`);
      await accessible(page, 'the last page of a module');
      await page.getByRole('link', { name: 'My note and highlights', exact: true }).click();
      await expect(heading(page, 'My note and highlights, and was this page clear?')).toBeVisible();
      await hydrated(page);
      await accessible(page, 'what is kept of a page');
      await page.getByLabel('Note to myself').fill('x'.repeat(4_001));
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await accessible(page, 'a note that is too long');
      await open(page, `/learn/nmp/${module.slug}/print`);
      await accessible(page, 'a module to print');
      await open(page, '/offline');
      await accessible(page, 'reading without a network');
      await open(page, '/learn/nmp/glossary');
      await accessible(page, 'a glossary');
      await open(page, '/learn/nmp/notes');
      await accessible(page, 'no notes yet');
      for (const [search, state] of [['', 'a search, not begun'], ['dose', 'a search'], ['qqqqqqqq', 'a search that finds nothing']]) {
        await open(page, `/learn/nmp/search?search=${search}`);
        await accessible(page, state);
      }

      await open(page, `/learn/nmp/${module.slug}`);
      await page.getByText('Why is this not ticked?').click();
      await accessible(page, 'a module, begun, with its missing parts');
      await page.locator('.wheel summary').click();
      await expect(page.locator('.wheel li').last()).toBeVisible();
      await accessible(page, 'the wheel, opened');
      await open(page, '/learn/nmp');
      await page.getByText('Why is this not ticked?').first().click();
      await accessible(page, 'a course, begun, with its missing parts');

      await open(page, checkPath);
      await accessible(page, 'a check');
      await submit(page).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await accessible(page, 'a check, with errors');
      await answerAll(page, module, 'wrong');
      await submit(page).click();
      await expect(page.getByRole('heading', { name: 'Not passed yet' })).toBeVisible();
      await hydrated(page);
      await page.getByText('Why is this not ticked?').click();
      await accessible(page, 'a result, not passed');
      await open(page, checkPath);
      await answerAll(page, module, 'right');
      await submit(page).click();
      await expect(page.getByRole('heading', { name: 'You passed' })).toBeVisible();
      await hydrated(page);
      await accessible(page, 'a result, passed');
      await open(page, `/learn/nmp/${module.slug}`);
      await accessible(page, 'a module, completed');
    });

    test('following a cohort', async ({ page }) => {
      await signIn(page, TUTOR);
      await open(page, '/learn');
      await expect(page.getByText('You are not on a course.')).toBeVisible();
      await accessible(page, 'no courses');
      await open(page, '/cohorts');
      await accessible(page, 'cohorts');
      await page.getByRole('link', { name: COHORT }).click();
      await expect(page.getByText('68 students', { exact: true })).toBeVisible();
      await hydrated(page);
      await accessible(page, 'a cohort');
      await page.getByRole('link', { name: 'Completed' }).click();
      await expect(page.getByRole('columnheader', { name: /^Completed/ })).toHaveAttribute('aria-sort', 'descending');
      await hydrated(page);
      await page.getByText('Names of the modules').click();
      await expect(page.locator('.module-names li').last()).toBeVisible();
      await accessible(page, 'a cohort, sorted, with the names of the modules');
      await page.getByLabel('Name or e-mail address').fill('nobody of this name');
      await page.getByRole('button', { name: 'Search' }).click();
      await expect(page.getByText('Nobody among the 68 students matches “nobody of this name”.')).toBeVisible();
      await hydrated(page);
      await accessible(page, 'a cohort, no match');
    });
  });
}

test('colours that the system forces, and less motion, are respected', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await signIn(page, STUDENTS.axeMedia);
  await open(page, '/learn/nmp');
  // Nothing moves, and the wheel's segments still differ from one another and from the background.
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior)).toBe('auto');
  await open(page, `/learn/nmp/${module.slug}/${module.pages[0].slug}`);
  const stroke = (status: string) => page.locator(`.wheel circle.${status}`).first().evaluate((circle) => getComputedStyle(circle).stroke);
  expect(await stroke('is-in-progress')).not.toBe(await stroke('is-not-started'));
  await accessible(page, 'a page, in forced colours');
  await open(page, checkPath);
  await submit(page).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await accessible(page, 'a check with errors, in forced colours');
  await open(page, '/learn/nmp');
  await accessible(page, 'a course, in forced colours');
});
