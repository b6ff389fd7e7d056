import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { hasMail, linkFor, nextLinkFor } from './support/mail';
import { asDrawn, heading, hydrated, open } from './support/page';
import { INVITED, PASSWORD, STUDENTS, tryToSignIn } from './support/people';
import { expect, test } from './support/test';

// How an account is opened: by an invitation, or by registering. P16: no consent, no account.

const NEW = 'seven herons by the canal';
const AGREE = 'I agree that you keep this about me';
const NORTH = 'University of Northfield (demo)';

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });
    const come = async (page: Page, path: string) => {
      await page.goto(path);
      await (scripts ? hydrated(page) : asDrawn(page));
    };

    test('an invited person opens their account from the mail, and signs in', async ({ page }) => {
      const email = scripts ? INVITED.opens : INVITED.opensPlain;
      await page.goto('/sign-in');
      await tryToSignIn(page, email, NEW);
      await expect(page.getByRole('alert')).toContainText('Check your e-mail address and password');

      const link = await linkFor(email, 'activate');
      await come(page, link);
      await expect(heading(page, 'Open your account')).toBeVisible();
      await expect(page.getByRole('main')).toContainText(`${NORTH} invites you`);
      await expect(page.getByRole('main')).toContainText('privacy policy, version 2026-12-06');
      await expect(page.getByRole('heading', { name: 'If you join an area of NMP Zone' })).toBeVisible();
      // Without consent nothing happens, whatever else is right.
      await page.getByLabel('Choose a password').fill(NEW);
      await page.getByRole('button', { name: 'Open my account' }).click();
      await expect(page.getByRole('alert')).toContainText('Without your consent there is no account');
      await page.getByLabel(AGREE).check();
      await page.getByLabel('Choose a password').fill('password1234');
      await page.getByRole('button', { name: 'Open my account' }).click();
      await expect(page.getByRole('alert')).toContainText('harder to guess');
      await expect(page.getByLabel(AGREE)).toBeChecked();
      await page.getByLabel('Choose a password').fill(NEW);
      await page.getByRole('button', { name: 'Open my account' }).click();
      await expect(heading(page, 'Your account is open')).toBeVisible();

      await page.goto('/sign-in');
      await tryToSignIn(page, email, NEW);
      await expect(heading(page, /^Hello, /)).toBeVisible();
      await page.goto('/account');
      await expect(page.getByRole('main')).toContainText('You agreed to the privacy policy, version 2026-12-06, on ');
      await page.goto(link);
      await expect(heading(page, 'This link no longer works')).toBeVisible();
    });

    test('a person registers, and has an account when the address is proven', async ({ page }) => {
      const email = `registers-${scripts}@home.example`;
      await come(page, '/sign-in');
      await page.getByRole('link', { name: 'Create an account' }).click();
      await expect(heading(page, 'Create an account')).toBeVisible();
      await page.getByRole('button', { name: 'Send me the link' }).click();
      const problems = page.getByRole('alert').getByRole('listitem');
      await expect(problems).toHaveText([/Enter your name/, /Enter your e-mail address/, /at least 12 characters/, /Tick the box if you agree/]);
      await page.getByLabel('Full name').fill('Robin Registers');
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Choose a password').fill(NEW);
      await page.getByLabel(AGREE).check();
      await page.getByRole('button', { name: 'Send me the link' }).click();
      await expect(heading(page, 'Check your e-mail')).toBeVisible();

      await page.goto('/sign-in');
      await tryToSignIn(page, email, NEW);
      await expect(page.getByRole('alert'), 'no account yet').toContainText('Check your e-mail address and password');
      await come(page, await linkFor(email, 'register'));
      await expect(heading(page, 'Confirm your e-mail address')).toBeVisible();
      // Who only owns the mailbox does not make an account with somebody else's password.
      await page.getByLabel('Password', { exact: true }).fill('another one');
      await page.getByRole('button', { name: 'Open my account' }).click();
      await expect(page.getByRole('alert')).toContainText('that you chose when you registered');
      await page.getByLabel('Password', { exact: true }).fill(NEW);
      await page.getByRole('button', { name: 'Open my account' }).click();
      await expect(heading(page, 'Your account is open')).toBeVisible();
      await page.goto('/sign-in');
      await tryToSignIn(page, email, NEW);
      await expect(heading(page, 'Hello, Robin Registers')).toBeVisible();
    });
  });
}

test('an invited person who asks for a password gets another link to consent', async ({ page }) => {
  const first = await linkFor(INVITED.asksAgain, 'activate');
  await open(page, '/activate/nothing');
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  await expect(heading(page, 'Ask for a new link')).toBeVisible();
  await page.getByLabel('E-mail address').fill(INVITED.asksAgain);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(heading(page, 'Check your e-mail')).toBeVisible();
  const second = await nextLinkFor(INVITED.asksAgain, 'activate', first);
  expect(hasMail(INVITED.asksAgain, '/choose-password/')).toBe(false);
  await open(page, second);
  await expect(page.getByRole('main')).toContainText(`${NORTH} invites you`);
});

test('reminders stop by a page, and by the button of a mail program, and opening the address changes nothing', async ({ page, request }) => {
  const stop = await linkFor(INVITED.stops, 'stop-reminders');
  await open(page, stop);
  await page.getByRole('button', { name: 'No more reminders' }).click();
  await expect(heading(page, 'You will get no more reminders')).toBeVisible();
  // As a mail program does: without cookies, and from no page (RFC 8058).
  const address = stop.replace('/stop-reminders/', '/mail/stop/');
  const pressed = await request.post(address, { form: { 'List-Unsubscribe': 'One-Click' } });
  expect(pressed.status()).toBe(200);
  await page.goto(address);
  await expect(heading(page, 'Stop the reminders')).toBeVisible();
  await open(page, await linkFor(INVITED.stops, 'activate'));
  await expect(heading(page, 'Open your account')).toBeVisible();
});

test('whoever registers with an address that has an account learns so by mail only', async ({ page }) => {
  const invitation = await linkFor(INVITED.registersToo, 'activate');
  for (const email of [STUDENTS.registersAgain, INVITED.registersToo]) {
    await open(page, '/register');
    await page.getByLabel('Full name').fill('Somebody Else');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Choose a password').fill(NEW);
    await page.getByLabel(AGREE).check();
    await page.getByRole('button', { name: 'Send me the link' }).click();
    await expect(heading(page, 'Check your e-mail')).toBeVisible();
  }
  await expect.poll(() => hasMail(STUDENTS.registersAgain, 'You have an account already')).toBe(true);
  await nextLinkFor(INVITED.registersToo, 'activate', invitation);
  await page.goto('/sign-in');
  await tryToSignIn(page, STUDENTS.registersAgain, PASSWORD);
  await expect(heading(page, /^Hello, /)).toBeVisible();
});

test('consent is withdrawn in the account, and given again with a new link', async ({ page }) => {
  const email = INVITED.withdraws;
  const first = await linkFor(email, 'activate');
  const opens = async (link: string) => {
    await open(page, link);
    await page.getByLabel(AGREE).check();
    await page.getByLabel('Choose a password').fill(NEW);
    await page.getByRole('button', { name: 'Open my account' }).click();
    await expect(heading(page, 'Your account is open')).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await tryToSignIn(page, email, NEW);
    await expect(heading(page, /^Hello, /)).toBeVisible();
  };
  await opens(first);
  await open(page, '/account');
  await page.getByRole('link', { name: 'Withdraw my consent and close my account' }).click();
  await expect(heading(page, 'Withdraw your consent')).toBeVisible();
  await page.getByRole('button', { name: 'Withdraw my consent and close my account' }).click();
  await expect(heading(page, 'Your consent is withdrawn')).toBeVisible();
  await page.goto('/sign-in');
  await tryToSignIn(page, email, NEW);
  await expect(page.getByRole('alert')).toContainText('Check your e-mail address and password');
  await open(page, '/forgotten-password');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(heading(page, 'Check your e-mail')).toBeVisible();
  await opens(await nextLinkFor(email, 'activate', first));
});

for (const [name, width, height, email] of [['wide', 1280, 900, INVITED.axeWide], ['narrow', 320, 640, INVITED.axeNarrow]] as const) {
  test(`axe finds nothing on the pages that open an account, ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const pages = ['/activate/new', '/activate/done', '/activate/no-such-link', '/stop-reminders/done', '/stop-reminders/no-such-link'];
    pages.push('/help', '/accessibility', '/privacy');
    pages.push('/register', '/register/sent', '/register/done', '/register/no-such-link', '/consent-withdrawn');
    for (const path of pages) {
      await open(page, path);
      await accessible(page, path);
    }
    for (const [path, button] of [['/register', 'Send me the link'], [await linkFor(email, 'activate'), 'Open my account']]) {
      await open(page, path);
      await accessible(page, `${path}, as drawn`);
      await page.getByRole('button', { name: button }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await accessible(page, `${path}, with errors`);
    }
  });
}
