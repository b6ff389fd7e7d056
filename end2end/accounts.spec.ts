import { chromium, type Page } from '@playwright/test';
import { linkFor } from './support/mail';
import { heading, hydrated, open } from './support/page';
import { PASSWORD, STUDENTS, onAnotherDevice, signIn, tryToSignIn } from './support/people';
import { expect, test } from './support/test';

const NEW = 'seven herons by the canal';
const TWO_DAYS = 2 * 24 * 3600;
const FOURTEEN_DAYS = 14 * 24 * 60 * 60;

async function isRefused(page: Page, email: string, password: string, says = 'Check your e-mail address and password') {
  await page.goto('/sign-in');
  await tryToSignIn(page, email, password);
  await expect(page.getByRole('alert')).toContainText(says);
}

async function isAskedToSignIn(page: Page, path: string) {
  await page.goto(path);
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(path)}`);
  await expect(page.getByText('Sign in to see that page.')).toBeVisible();
}

async function sessionCookie(page: Page) {
  return (await page.context().cookies()).find(({ name }) => name.endsWith('session'))!;
}

test('a forgotten password, by e-mail, from the question to the new sign-in', async ({ page, browser }) => {
  const email = STUDENTS.forgets;
  const { context: other, page: device } = await onAnotherDevice(browser, email, '/learn');
  await open(page, '/sign-in');
  await page.getByRole('link', { name: 'I have forgotten my password' }).click();
  await page.getByLabel('E-mail address').fill(` ${email.toUpperCase()} `);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(heading(page, 'Check your e-mail')).toBeVisible();

  const link = await linkFor(email);
  await open(page, link);
  // A refused password leaves the link unused.
  await page.getByLabel('New password').fill('password1234');
  await page.getByRole('button', { name: 'Save the password' }).click();
  await expect(page.getByRole('alert')).toContainText('harder to guess');
  await page.getByLabel('New password').fill(NEW);
  await page.getByRole('button', { name: 'Save the password' }).click();
  await expect(heading(page, 'Your new password is saved')).toBeVisible();
  await isAskedToSignIn(device, '/learn');

  await isRefused(page, email, PASSWORD);
  await tryToSignIn(page, email, NEW);
  await expect(heading(page, /^Hello, /)).toBeVisible();

  await open(page, link);
  await expect(page.getByLabel('New password')).toHaveCount(0);
  await expect(heading(page, 'This link no longer works')).toBeVisible();
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  await expect(heading(page, 'Choose a new password')).toBeVisible();
  await other.close();
});

test('the reply for an address without an account is the same', async ({ page }) => {
  await open(page, '/forgotten-password');
  await page.getByLabel('E-mail address').fill('nobody@nowhere.example');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(heading(page, 'Check your e-mail')).toBeVisible();
});

test('changing the password ends the other devices and keeps this one', async ({ page, browser }) => {
  const email = STUDENTS.changes;
  const { context: other, page: device } = await onAnotherDevice(browser, email, '/learn');
  await signIn(page, email);
  await open(page, '/account');
  await page.getByLabel('Password that you use now').fill('not this one');
  await page.getByLabel('New password').fill(NEW);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByRole('alert')).toContainText('Enter the password that you use now');
  await page.getByLabel('Password that you use now').fill(PASSWORD);
  await page.getByLabel('New password').fill(NEW);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByRole('status')).toHaveText('Your password is changed. Your other devices have been signed out.');
  await expect(page.locator('.devices > li')).toHaveCount(1);

  // The next page on the other device, by a link in the page that it had open.
  await device.getByRole('link', { name: 'Account' }).click();
  await expect(device).toHaveURL('/sign-in?next=%2Faccount');
  await expect(device.getByText('Sign in to see that page.')).toBeVisible();
  await isRefused(device, email, PASSWORD);
  await page.goto('/learn');
  await expect(heading(page, 'My courses')).toBeVisible();
  await other.close();
});

test('any other device can be signed out from the account page', async ({ page, browser }) => {
  const { context: other, page: device } = await onAnotherDevice(browser, STUDENTS.twoDevices, '/account');
  await signIn(page, STUDENTS.twoDevices);
  await open(page, '/account');
  const devices = page.locator('.devices > li');
  await expect(devices).toHaveCount(2);
  await expect(devices.filter({ hasText: 'This device' })).toHaveCount(1);
  await expect(devices.filter({ hasText: 'This device' }).getByRole('button')).toHaveCount(0);
  await devices.getByRole('button', { name: /^Sign out Chrome on / }).click();
  await expect(page.getByRole('status')).toHaveText('The device has been signed out.');
  await expect(devices).toHaveCount(1);
  await isAskedToSignIn(device, '/account');

  await signIn(device, STUDENTS.twoDevices);
  await open(page, '/account');
  await expect(devices).toHaveCount(2);
  await page.getByText('Sign out everywhere else', { exact: true }).click();
  await page.getByRole('button', { name: 'Yes, sign out everywhere else' }).click();
  await expect(page.getByRole('status')).toHaveText('You are signed in nowhere but here.');
  await expect(devices).toHaveCount(1);
  await isAskedToSignIn(device, '/account');
  await other.close();
});

test('after signing out, "back" shows nothing private', async ({ baseURL }) => {
  // With the browser's back/forward cache, as people have it: the tests' own browsers run without.
  const { launchOptions } = test.info().project.use;
  const browser = await chromium.launch({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  const page = await browser.newPage({ baseURL });
  await signIn(page, STUDENTS.leaves);
  await open(page, '/learn');
  await open(page, '/account');
  await expect(page.getByText(STUDENTS.leaves)).toBeVisible();
  const { value: token, name, domain, path } = await sessionCookie(page);
  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await expect(heading(page, 'Learn to prescribe, at your own pace')).toBeVisible();
  expect(await sessionCookie(page)).toBeUndefined();

  await page.goBack();
  await expect(heading(page, 'Sign in')).toBeVisible();
  await expect(page.getByText(STUDENTS.leaves)).toHaveCount(0);
  await page.goBack();
  await expect(heading(page, 'Sign in')).toBeVisible();
  // P31: the session has ended; it is not only the cookie that is gone.
  await page.context().addCookies([{ name, value: token, domain, path }]);
  await isAskedToSignIn(page, '/account');
  await browser.close();
});

test('"Remember me" lasts two weeks; without it two days', async ({ page }) => {
  await open(page, '/sign-in');
  await tryToSignIn(page, STUDENTS.remembered);
  await expect(heading(page, /^Hello, /)).toBeVisible();
  const plain = await sessionCookie(page);
  expect(plain).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(Math.abs(plain.expires - Date.now() / 1000 - TWO_DAYS)).toBeLessThan(60);

  await open(page, '/sign-in');
  await tryToSignIn(page, STUDENTS.remembered, PASSWORD, true);
  await expect(heading(page, /^Hello, /)).toBeVisible();
  const kept = await sessionCookie(page);
  expect(kept).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(Math.abs(kept.expires - Date.now() / 1000 - FOURTEEN_DAYS)).toBeLessThan(60);
  expect(kept.value, 'the token is new at each sign-in').not.toBe(plain.value);
});

test('guesses by others do not shut the owner out of a known browser', async ({ page, browser }) => {
  await signIn(page, STUDENTS.guessed);
  await page.getByRole('button', { name: 'Sign out' }).first().click();
  await expect(heading(page, 'Learn to prescribe, at your own pace')).toBeVisible();
  const device = (await page.context().cookies()).find(({ name }) => name.endsWith('device'))!;
  expect(device).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });

  const elsewhere = await (await browser.newContext()).newPage();
  const guess = () =>
    elsewhere.request.post('/api/accounts/sign_in', {
      headers: { 'sec-fetch-site': 'same-origin' },
      form: { email: STUDENTS.guessed, password: 'wrong' },
    });
  const guesses = await Promise.all(Array.from({ length: 12 }, guess));
  expect(guesses.map((answer) => answer.status())).toEqual(Array(12).fill(422));
  await isRefused(elsewhere, STUDENTS.guessed, PASSWORD, 'Wait a minute, then try again');
  await signIn(page, STUDENTS.guessed);
  await elsewhere.context().close();
});

test('a password can be shown, hidden and pasted', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, '/sign-in');
  const field = page.getByLabel('Password', { exact: true });
  await page.evaluate((text) => navigator.clipboard.writeText(text), NEW);
  await field.focus();
  await page.keyboard.press('ControlOrMeta+V');
  await expect(field).toHaveValue(NEW);
  await expect(field).toHaveAttribute('type', 'password');
  await page.getByRole('button', { name: 'Show password' }).click();
  await expect(field).toHaveAttribute('type', 'text');
  await expect(field).toHaveValue(NEW);
  await page.getByRole('button', { name: 'Hide password' }).click();
  await expect(field).toHaveAttribute('type', 'password');
});
