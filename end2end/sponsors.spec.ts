import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { demo, followsAlone } from './support/database';
import { linkFor } from './support/mail';
import { asDrawn, heading, hydrated, open } from './support/page';
import { LEAD, signIn, tryToSignIn } from './support/people';
import { expect, test } from './support/test';

// P10: an organisation sees the progress of a learner with an account of their own only while it pays and they consent.

const LEARNERS = `/organisation/${demo('slug')}/sponsored`;
const NORTH = 'University of Northfield (demo)';
const CHOSEN = 'seven herons by the canal';

test('a learner registers with the code of an organisation, lets it see their progress when it pays, and ends it', async ({ browser }) => {
  const email = 'sponsored@home.example';
  const lead = await (await browser.newContext()).newPage();
  await signIn(lead, LEAD);
  await open(lead, LEARNERS);
  await expect(lead.getByText('Nobody has named your organisation yet')).toBeVisible();
  await accessible(lead, 'the learners that an organisation pays for, without any');
  // A page without scripts, which stays as it is.
  const signedIn = await lead.context().storageState();
  const old = await (await browser.newContext({ javaScriptEnabled: false, storageState: signedIn })).newPage();
  await old.goto(LEARNERS);
  await asDrawn(old);
  await lead.getByRole('button', { name: 'Make a code' }).click();
  await expect(lead.getByRole('status')).toContainText('This is your code now.');
  const code = (await lead.locator('#code').innerText()).trim();
  expect(code).toMatch(/^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
  await old.getByRole('button', { name: 'Make a code' }).click();
  await expect(old.locator('#code')).toHaveText(code);
  await old.context().close();

  // The learner, without scripts.
  const learner: Page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await learner.goto(`/register?code=${code}`);
  await asDrawn(learner);
  await expect(learner.getByLabel(/^Code of the organisation/)).toHaveValue(code);
  await learner.getByLabel('Full name').fill('Sasha Sponsored');
  await learner.getByLabel('E-mail address').fill(email);
  await learner.getByLabel('Choose a password').fill(CHOSEN);
  await learner.getByLabel('I agree that you keep this about me').check();
  await learner.getByRole('button', { name: 'Send me the link' }).click();
  await expect(heading(learner, 'Check your e-mail')).toBeVisible();
  await learner.goto(await linkFor(email, 'register'));
  await learner.getByLabel('Password', { exact: true }).fill(CHOSEN);
  await learner.getByRole('button', { name: 'Open my account' }).click();
  await expect(heading(learner, 'Your account is open')).toBeVisible();
  await learner.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await tryToSignIn(learner, email, CHOSEN);
  await expect(heading(learner, 'Your account')).toBeVisible();
  await expect(learner).toHaveURL(/\?code=[A-Z2-9-]+#sponsors$/);
  await expect(learner.locator('#sponsors')).toBeInViewport();
  await expect(learner.getByText('No organisation sees your progress.')).toBeVisible();
  followsAlone(email, 3);

  await expect(learner.getByLabel('Code of the organisation')).toHaveValue(code);
  await learner.getByLabel('Code of the organisation').fill('NOSUCH-CODE');
  await learner.getByRole('button', { name: 'Name this organisation' }).click();
  await expect(learner.locator('#sponsor_code-problem')).toContainText('Check the code');
  await learner.getByLabel('Code of the organisation').fill(code);
  await learner.getByRole('button', { name: 'Name this organisation' }).click();
  await expect(learner.getByRole('heading', { name: `May ${NORTH} see your progress?` })).toBeVisible();

  // It has been named, and is told nothing.
  await open(lead, LEARNERS);
  await expect(lead.getByText('Nobody has named your organisation yet')).toBeVisible();
  await learner.getByRole('button', { name: 'Let it see my progress' }).click();
  await expect(learner.getByRole('alert')).toContainText('Without your consent the organisation sees nothing');
  await learner.getByLabel(`I agree that ${NORTH} sees this`).check();
  await learner.getByRole('button', { name: 'Let it see my progress' }).click();
  await expect(learner.getByRole('heading', { name: `${NORTH} has not answered yet` })).toBeVisible();

  // The consent alone shows no progress.
  await open(lead, `/organisation/${demo('slug')}`);
  await expect(lead.getByText('1 to be answered')).toBeVisible();
  await lead.getByRole('link', { name: 'Learners you pay for' }).click();
  const row = lead.getByRole('row').filter({ hasText: email });
  await expect(row).toContainText('Waits for your answer');
  await expect(row).toContainText('Not shown before you confirm');
  await hydrated(lead);
  await accessible(lead, 'the learners that an organisation pays for, with one who waits');
  // On a telephone the answer is in sight, beside a long address.
  const pays = row.getByRole('button', { name: 'We pay' });
  const size = lead.viewportSize()!;
  await lead.setViewportSize({ width: 320, height: 640 });
  const place = (await pays.boundingBox())!;
  expect(place.x + place.width).toBeLessThanOrEqual(320);
  await lead.setViewportSize(size);
  await pays.click();
  await expect(lead.getByRole('status').filter({ hasText: 'You pay for this learner' })).toBeVisible();
  await expect(row).toContainText('3 of 12 modules');

  // The learner sees it, and ends it: from then on nothing is seen.
  await learner.goto('/account');
  await expect(learner.getByRole('heading', { name: `${NORTH} pays for you` })).toBeVisible();
  await expect(learner.getByRole('main')).toContainText('to version 2026-12-01 of what it sees');
  await learner.getByText(`End this with ${NORTH}`, { exact: true }).click();
  await learner.getByRole('button', { name: `Yes, end this with ${NORTH}` }).click();
  await expect(learner.getByText('No organisation sees your progress.')).toBeVisible();
  await open(lead, LEARNERS);
  await expect(lead.getByText('Nobody has named your organisation yet')).toBeVisible();

  // The code goes after what follows from it.
  await lead.getByText('Give out no code', { exact: true }).click();
  await lead.getByRole('button', { name: 'Yes, give out no code' }).click();
  await expect(lead.getByText('You give out no code. With one')).toBeVisible();
  for (const page of [lead, learner]) await page.context().close();
});

test('the account page asks for consent in a way that everybody can use', async ({ browser }) => {
  const lead = await (await browser.newContext()).newPage();
  await signIn(lead, LEAD);
  await open(lead, '/account');
  await expect(lead.getByRole('heading', { name: 'Who sees your progress' })).toBeVisible();
  await accessible(lead, 'the account, with the form that names an organisation');
  await lead.getByLabel('Code of the organisation').fill('ABCDE-FGHJK');
  await lead.getByRole('button', { name: 'Name this organisation' }).click();
  await expect(lead.locator('#sponsor_code-problem')).toContainText('Check the code');
  await accessible(lead, 'the account, with a code that is none');
  await lead.context().close();
});

test('the employer of the demo sees how far the learner is for whom it pays', async ({ page }) => {
  await signIn(page, 'manager@demo.example');
  await open(page, `/organisation/${demo('hospital')}/sponsored`);
  const learner = page.getByRole('row').filter({ hasText: 'Lena Marsh (demo)' });
  await expect(learner).toContainText(/[1-9][0-9]* of [0-9]+ modules/);
});
