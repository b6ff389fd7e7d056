import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { linkFor } from './support/mail';
import { asDrawn, heading, hydrated } from './support/page';
import { tryToSignIn } from './support/people';
import { OwnServer } from './support/server';
import { expect, test } from './support/test';
import { codeOf } from './support/totp';

// Staff and administrators set up a second factor before they see anybody's data. The other journeys' server only offers one.

const PASSWORD = 'seven herons by the canal';

let server: OwnServer;
test.beforeAll(async () => {
  server = await OwnServer.start(undefined, { SECOND_FACTOR: 'required', SUPPORT_CONTACT: 'help@coop.example' });
});
test.afterAll(() => server.down());

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });
    const drawn = (page: Page) => (scripts ? hydrated(page) : asDrawn(page));
    const at = (path: string) => `${server.url}${path}`;

    test('staff set up a second factor, sign in with its codes, and replace the recovery codes', async ({ page }) => {
      const email = `staff-${scripts}@coop.example`;
      execFileSync(process.env.SERVER!, ['create-admin', '--email', email, '--name', 'Sasha Staff']);
      // Nobody is staff without having agreed to the account.
      await page.goto(at(new URL(await linkFor(email, 'activate')).pathname));
      await drawn(page);
      await page.getByLabel('I agree that you keep this about me').check();
      await page.getByLabel('Choose a password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Open my account' }).click();
      await expect(heading(page, 'Your account is open')).toBeVisible();

      // Whatever they ask for, the second factor comes first.
      await page.goto(at('/assessments/papers'));
      await tryToSignIn(page, email, PASSWORD);
      await expect(heading(page, 'Your second factor')).toBeVisible();
      await page.goto(at('/assessments/papers'));
      await expect(heading(page, 'Your second factor')).toBeVisible();
      await drawn(page);
      if (scripts) await accessible(page, 'the second factor that is required');
      // Who has just signed in does not give the password again.
      await expect(page.getByLabel('Your password')).toHaveCount(0);
      await page.getByRole('button', { name: 'Set up the second factor' }).click();
      const unused = (await page.locator('#secret').innerText()).trim();
      await drawn(page);
      await page.getByRole('button', { name: 'Start again' }).click();
      await expect(page.locator('#secret')).not.toHaveText(unused);
      const key = (await page.locator('#secret').innerText()).trim();
      const recovery = await page.locator('#recovery-codes code').allInnerTexts();
      expect(recovery).toHaveLength(10);
      await drawn(page);
      if (scripts) await accessible(page, 'the second factor that is being set up');
      await page.getByLabel('Code', { exact: true }).fill(codeOf(key, 9));
      await page.getByRole('button', { name: 'turn it on' }).click();
      await expect(page.getByRole('alert')).toContainText('Enter the six digits that your app shows now');
      expect((await page.locator('#secret').innerText()).trim()).toBe(key);
      await drawn(page);
      await page.getByLabel('Code', { exact: true }).fill(codeOf(key));
      await page.getByRole('button', { name: 'turn it on' }).click();
      // On to the page that they asked for.
      await expect(page).toHaveURL(at('/assessments/papers'));
      await page.goto(at('/account/second-factor'));
      await expect(page.getByRole('main')).toContainText('On since ');
      await expect(page.getByRole('main')).toContainText('10 of your recovery codes are not used yet');
      await expect(page.locator('#secret')).toHaveCount(0);
      await expect(page.getByRole('main')).toContainText('Your role needs the second factor, so it stays on');

      const signOut = async () => {
        await page.goto(at('/'));
        await drawn(page);
        await page.getByRole('button', { name: 'Sign out' }).first().click();
        await expect(heading(page, 'Learn to prescribe, at your own pace')).toBeVisible();
      };
      const askForCode = async () => {
        await page.goto(at('/sign-in?next=%2Faccount'));
        await drawn(page);
        await tryToSignIn(page, email, PASSWORD);
        await expect(heading(page, 'Enter your code')).toBeVisible();
        await drawn(page);
      };
      const enter = async (code: string) => {
        await page.getByLabel('Code', { exact: true }).fill(code);
        await page.getByRole('button', { name: 'Go on' }).click();
      };
      await signOut();
      await askForCode();
      if (scripts) await accessible(page, 'the question for a code');
      // Nothing opens before.
      await page.goto(at('/account'));
      await expect(heading(page, 'Enter your code')).toBeVisible();
      await drawn(page);
      await expect(page.getByRole('main').getByRole('link', { name: 'help@coop.example' })).toHaveAttribute('href', 'mailto:help@coop.example');
      await enter('one');
      await expect(page.getByRole('alert')).toContainText('Enter the six digits that your app shows');
      await drawn(page);
      // The code that confirmed it is used; the next one is accepted a little early.
      await enter(codeOf(key, 1));
      await expect(heading(page, 'Your account')).toBeVisible();

      // Without the phone.
      await signOut();
      await askForCode();
      await enter(recovery[0].toLowerCase());
      await expect(heading(page, 'Your account')).toBeVisible();
      await page.goto(at('/account/second-factor'));
      await drawn(page);
      await expect(page.getByRole('main')).toContainText('9 of your recovery codes are not used yet');
      await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Code, to make new recovery codes').fill('000000');
      await page.getByRole('button', { name: 'Make new recovery codes' }).click();
      await expect(page.getByRole('alert')).toContainText('Enter the code that your app shows now');
      await expect(page.getByLabel('Code, to make new recovery codes')).toHaveValue('');
      await drawn(page);
      await page.getByLabel('Your password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('Code, to make new recovery codes').fill(recovery[1]);
      await page.getByRole('button', { name: 'Make new recovery codes' }).click();
      await expect(page.locator('#recovery-codes code')).toHaveCount(10);
      await drawn(page);
      if (scripts) await accessible(page, 'new recovery codes');
      const kept = await page.locator('#recovery-codes code').allInnerTexts();
      await page.getByRole('button', { name: 'I have kept them' }).click();
      await expect(page.getByRole('status')).toContainText('Only your new recovery codes work now');

      // To another phone, although the role needs the second factor.
      await drawn(page);
      await page.getByLabel('Your password, to use another phone').fill(PASSWORD);
      await page.getByLabel('Code, to use another phone').fill(kept[0]);
      await page.getByRole('button', { name: 'Use another phone' }).click();
      await expect(page.getByRole('main')).toContainText('work until you enter a code of the new phone');
      const moved = (await page.locator('#secret').innerText()).trim();
      expect(moved).not.toBe(key);
      await drawn(page);
      if (scripts) await accessible(page, 'the second factor that moves to another phone');
      await page.getByLabel('Code', { exact: true }).fill(codeOf(moved));
      await page.getByRole('button', { name: 'use this phone' }).click();
      await expect(page.getByRole('status')).toContainText('Your second factor is set up');

      // Phone and codes are lost: the command line ends it, and they set up another.
      execFileSync(process.env.SERVER!, ['end-second-factor', '--email', email, '--reason', 'Lost the phone, called back', '--by', 'An operator']);
      await page.goto(at('/sign-in'));
      await drawn(page);
      await tryToSignIn(page, email, PASSWORD);
      await expect(page.getByRole('button', { name: 'Set up the second factor' })).toBeVisible();
    });
  });
}
