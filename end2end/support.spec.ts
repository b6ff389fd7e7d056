import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
import { PASSWORD, STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';
import { codeOf } from './support/totp';

// P6: support gives a reason before it looks at a person, and the person reads in their account who looked, when and why.

async function someone(browser: Browser, who: string, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts });
  const page = await context.newPage();
  await signIn(page, who);
  return page;
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  const arrived = (page: Page) => (scripts ? hydrated(page) : asDrawn(page));

  test(`support helps a person with a reason, which the person reads, ${how}`, async ({ browser }) => {
    const email = scripts ? STUDENTS.helped : STUDENTS.helpedPlain;
    const why = `Asked by telephone ${how}`;
    const student = await someone(browser, email, scripts);
    const page = await someone(browser, 'support@demo.example', scripts);
    await arrived(page);
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Support' }).click();
    await expect(heading(page, 'Support')).toBeVisible();
    await arrived(page);
    await expect(page.getByRole('table')).toHaveCount(0);
    await page.getByLabel('Name, e-mail address or student number').fill('sa');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.locator('#found')).toHaveText('Type at least three letters, or a whole address or student number.');
    await arrived(page);
    await page.getByLabel('Name, e-mail address or student number').fill(email);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByText('1 person matches.')).toBeVisible();
    await arrived(page);
    if (scripts) await accessible(page, 'support');
    await page.locator('tbody').getByRole('link').click();
    await expect(heading(page, 'Why do you look at this?')).toBeVisible();
    await arrived(page);
    // A letter is no reason.
    await page.getByLabel('Reason').fill('x');
    await page.getByRole('button', { name: 'Open the page' }).click();
    await expect(page.getByRole('alert')).toContainText('Say why in 10 to 500 characters');
    await expect(page.getByLabel('Reason')).toHaveValue('x');
    await page.getByLabel('Reason').fill(why);
    await page.getByRole('button', { name: 'Open the page' }).click();
    await expect(page.getByRole('main')).toContainText(email);
    await expect(page.getByRole('heading', { level: 2, name: 'Devices' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Does not have to wait');
    await expect(page.getByText('End their second factor')).toHaveCount(0);
    await arrived(page);
    if (scripts) await accessible(page, 'support-person');

    // Nothing is done without a reason.
    await page.getByText('Sign them out everywhere').click();
    await page.getByRole('button', { name: 'Yes, sign them out' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await arrived(page);
    await page.locator('#sessions_reason').fill('Lost the telephone');
    await page.getByRole('button', { name: 'Yes, sign them out' }).click();
    await expect(page.getByText('All their devices are signed out.')).toBeVisible();
    await expect(page.getByText('Signed in nowhere.')).toBeVisible();
    if (scripts) {
      // What was done is said once.
      await expect(page).not.toHaveURL(/done=/);
      await page.reload();
      await arrived(page);
      await expect(page.getByText('Signed in nowhere.')).toBeVisible();
      await expect(page.getByText('All their devices are signed out.')).toHaveCount(0);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(page);
    await page.context().close();

    await student.goto('/account');
    await expect(heading(student, 'Sign in')).toBeVisible();
    await signIn(student, email);
    await student.goto('/account');
    const main = student.getByRole('main');
    await expect(main).toContainText(why);
    await expect(main).toContainText('Lost the telephone');
    await expect(main).toContainText('Demo Support');
    await student.context().close();
  });
}

test('support ends the second factor of somebody who has lost the phone, who reads it', async ({ browser }) => {
  const student = await someone(browser, STUDENTS.lostPhone, true);
  await student.goto('/account/second-factor');
  await hydrated(student);
  await student.getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await student.getByRole('button', { name: 'Set up the second factor' }).click();
  const key = (await student.locator('#secret').innerText()).trim();
  await hydrated(student);
  await student.getByLabel('Code', { exact: true }).fill(codeOf(key));
  await student.getByRole('button', { name: 'turn it on' }).click();
  await expect(student.getByText('Your second factor is set up.')).toBeVisible();

  const page = await someone(browser, 'support@demo.example', true);
  await page.goto(`/support?search=${encodeURIComponent(STUDENTS.lostPhone)}`);
  await hydrated(page);
  await page.locator('tbody').getByRole('link').click();
  await expect(heading(page, 'Why do you look at this?')).toBeVisible();
  await page.getByLabel('Reason').fill('Asked by telephone');
  await page.getByRole('button', { name: 'Open the page' }).click();
  await expect(page.getByRole('main')).toContainText('On, with 10 recovery codes left');
  // Back leads out of the record, and not to the question why.
  await page.goBack();
  await expect(heading(page, 'Support')).toBeVisible();
  await page.goForward();
  await expect(page.getByRole('main')).toContainText('On, with 10 recovery codes left');
  await page.getByText('End their second factor').click();
  await page.locator('#factor_reason').fill('Called back on the number that we know');
  await page.getByRole('button', { name: 'Yes, end it' }).click();
  await expect(page.getByText('Their second factor has ended')).toBeVisible();
  await expect(page.getByText('End their second factor')).toHaveCount(0);
  await page.context().close();

  // The password alone signs in.
  await student.goto('/account');
  await expect(heading(student, 'Sign in')).toBeVisible();
  await signIn(student, STUDENTS.lostPhone);
  await student.goto('/account');
  await expect(student.getByRole('main')).toContainText('Called back on the number that we know');
  await student.context().close();
});

test('the only administrator of an organisation keeps the role', async ({ browser }) => {
  const page = await someone(browser, 'support@demo.example', false);
  await page.goto('/support?search=manager%40demo.example');
  await page.locator('tbody').getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Support');
  // A run before may have given a reason within the hour.
  const reason = page.getByLabel('Reason');
  if ((await reason.count()) > 0) {
    await reason.fill('Asked by the employer');
    await page.getByRole('button', { name: 'Open the page' }).click();
  }
  await page.locator('summary', { hasText: 'Take back a role' }).click();
  await page.locator('#role').selectOption({ label: 'Administrator: Harbour Hospital (demo)' });
  await page.locator('#role_reason').fill('Left the employer');
  await page.getByRole('button', { name: 'Yes, take it back' }).click();
  await expect(page.getByRole('alert')).toContainText('Make somebody else administrator first');
  await expect(page.locator('#role')).toBeVisible();
  await expect(page.locator('#role_reason')).toHaveValue('Left the employer');
  await page.context().close();
});

test('the audit log is read with a reason, filtered, and nobody else finds it', async ({ browser }) => {
  const page = await someone(browser, 'support@demo.example', true);
  await page.goto('/support/log');
  // Another test may have given a reason within the hour.
  await hydrated(page);
  const reason = page.getByLabel('Reason');
  if ((await reason.count()) > 0) {
    await reason.fill('Review of the month');
    await page.getByRole('button', { name: 'Open the page' }).click();
  }
  await expect(heading(page, 'Audit log')).toBeVisible();
  await expect(page.getByLabel('When', { exact: true })).toHaveValue('30');
  await page.getByLabel('What happened').selectOption('Looks of support');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/show=looks/);
  await expect(page.getByRole('table')).toContainText('Support looked at the audit');
  await expect(page.getByRole('table')).not.toContainText('Signed in');
  // The names of people for whom this colleague gave no reason find nothing, and the search is in the log itself.
  await page.getByLabel('Name or e-mail address of either person').fill(STUDENTS.curious);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('No event matches. A search finds only who acts as support, and people for whom')).toBeVisible();
  // With an end of a page that nobody can read.
  await page.goto('/support/log?show=support&after=gone');
  await hydrated(page);
  await expect(page.getByText('so the list begins again')).toBeVisible();
  await expect(page.getByRole('table')).toContainText('Support searched the audit');
  await accessible(page, 'audit-log');
  await page.context().close();

  const student = await someone(browser, STUDENTS.curious, true);
  for (const path of ['/support', '/support/log']) {
    const answer = await student.goto(path);
    expect(answer!.status(), path).toBe(404);
  }
  await student.context().close();
});
