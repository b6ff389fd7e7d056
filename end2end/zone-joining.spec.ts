import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { hasMail, linkFor } from './support/mail';
import { arrivedAt, asDrawn, heading, hydrated, open } from './support/page';
import { LEAD, STUDENTS, signIn, tryToSignIn } from './support/people';
import { expect, test } from './support/test';
import { areaOf } from './support/zone';

// P14, P26, P2: people apply to an area after accepting its code of conduct, a lead decides, and who leaves is gone from it.

const AREA = '/zone/north-prescribers';
const CHOSEN = 'seven herons by the canal';
const ACCEPT = 'I accept the code of conduct';

async function somebody(browser: Browser, scripts: boolean): Promise<Page> {
  return (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
}

/** The area's card on the page of all areas. */
function own(page: Page) {
  return page.locator('section.card').filter({ has: page.locator(`[href^="${AREA}"], #withdraw-north-prescribers`) });
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  const arrived = (page: Page) => (scripts ? hydrated(page) : asDrawn(page));
  const come = async (page: Page, path: string) => {
    await page.goto(path);
    await arrived(page);
  };

  /** A visitor registers for the area, and signs in when the address is proven. */
  const registers = async (page: Page, name: string, email: string) => {
    await come(page, `${AREA}/join`);
    await page.getByLabel('Full name').fill(name);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Choose a password').fill(CHOSEN);
    await page.getByLabel('I agree that you keep this about me').check();
    await page.getByLabel(ACCEPT).check();
    await page.getByRole('button', { name: 'Send me the link' }).click();
    await expect(heading(page, 'Check your e-mail')).toBeVisible();
    await come(page, await linkFor(email, 'register'));
    await expect(page.getByRole('main')).toContainText('You then apply to join');
    await page.getByLabel('Password', { exact: true }).fill(CHOSEN);
    await page.getByRole('button', { name: 'Open my account' }).click();
    await expect(heading(page, 'Your account is open')).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await tryToSignIn(page, email, CHOSEN);
    await expect(heading(page, 'NMP Zone')).toBeVisible();
    await expect(own(page)).toContainText('Waits for a lead');
  };
  /** An applicant's card on the page of the leads. */
  const applicant = (page: Page, name: string) => page.locator('section.card').filter({ has: page.getByRole('heading', { level: 3, name, exact: true }) });

  test(`a visitor registers for an area, is refused, and reads why, ${how}`, async ({ browser }) => {
    const [name, email] = [`Rory Refused ${how}`, `zone-refused-${scripts}@home.example`];
    const [page, lead] = [await somebody(browser, scripts), await somebody(browser, scripts)];
    await come(page, '/zone');
    await expect(heading(page, 'NMP Zone')).toBeVisible();
    if (scripts) await accessible(page, 'the areas, for a visitor');
    await page.locator(`a[href="${AREA}/join"]`).click();
    await expect(heading(page, /^Join /)).toBeVisible();
    await arrived(page);
    await page.getByRole('button', { name: 'Send me the link' }).click();
    const problems = page.getByRole('alert').getByRole('listitem');
    await expect(problems).toHaveText([
      /Enter your name/,
      /Enter your e-mail address/,
      /at least 12 characters/,
      /Without your consent there is no account/,
      /Tick the box if you accept the code of conduct/,
    ]);
    await arrived(page);
    if (scripts) await accessible(page, 'registering for an area, with problems');
    await registers(page, name, email);

    await signIn(lead, LEAD);
    await come(lead, `${AREA}/applications`);
    const card = applicant(lead, name);
    await expect(card).toContainText('home.example');
    await expect(card).not.toContainText(email);
    if (scripts) await accessible(lead, 'applications');
    await card.locator('summary').click();
    await card.getByRole('button', { name: 'Yes, refuse' }).click();
    await expect(lead.getByRole('alert')).toContainText('Say why in a few words');
    await arrived(lead);
    await expect(card.getByLabel('Why')).toBeVisible();
    await card.getByLabel('Why').fill('This area is for the north only. Look at the others.');
    await card.getByRole('button', { name: 'Yes, refuse' }).click();
    await expect(lead.getByText('The application is refused')).toBeVisible();
    await expect(card).toHaveCount(0);

    await come(page, '/zone');
    await expect(own(page)).toContainText('Application refused');
    await expect(own(page)).toContainText('This area is for the north only.');
    await expect.poll(() => hasMail(email, 'This area is for the north only.')).toBe(true);
    if (scripts) await accessible(page, 'the areas, for somebody who is refused');
    // Nothing of the area is theirs to see, and asking again at once is refused in words.
    await page.goto(AREA);
    await expect(heading(page, 'Page not found')).toBeVisible();
    await come(page, `${AREA}/join`);
    await page.getByLabel(ACCEPT).check();
    await page.getByRole('button', { name: 'Ask to join' }).click();
    await expect(page.getByRole('alert')).toContainText('Apply again tomorrow');
    for (const one of [page, lead]) await one.context().close();
  });

  test(`a visitor registers for an area, is let in, and leaves it, ${how}`, async ({ browser }) => {
    const [name, email] = [`Lane Let In ${how}`, `zone-let-in-${scripts}@home.example`];
    const [page, lead] = [await somebody(browser, scripts), await somebody(browser, scripts)];
    await registers(page, name, email);
    await signIn(lead, LEAD);
    await come(lead, `${AREA}/applications`);
    // A page that is drawn before somebody else decides.
    const late = await lead.context().newPage();
    await come(late, `${AREA}/applications`);
    await applicant(lead, name).getByRole('button', { name: 'Let them in' }).click();
    await expect(lead.getByText('They are a member now')).toBeVisible();
    await applicant(late, name).locator('summary').click();
    await applicant(late, name).getByLabel('Why').fill('Too late');
    await applicant(late, name).getByRole('button', { name: 'Yes, refuse' }).click();
    await expect(late.getByRole('alert')).toContainText('Somebody has decided otherwise meanwhile');

    await come(page, '/zone');
    await expect(own(page)).toContainText('Member');
    await own(page).getByRole('link').first().click();
    await arrivedAt(page, /^\/zone\/north-prescribers$/);
    await expect(page.getByRole('link', { name: 'Directory' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Applications' })).toHaveCount(0);
    await arrived(page);
    if (scripts) await accessible(page, 'an area, for a member');
    await page.getByRole('link', { name: 'Leave this area' }).click();
    await expect(heading(page, 'Leave this area')).toBeVisible();
    await expect(page.getByRole('main')).toContainText('your profile, with your picture');
    await arrived(page);
    if (scripts) await accessible(page, 'leaving an area');
    await page.getByRole('button', { name: /^Yes, leave / }).click();
    await expect(heading(page, 'You have left')).toBeVisible();
    await page.goto(AREA);
    await expect(heading(page, 'Page not found')).toBeVisible();
    await come(page, '/zone/leave');
    await expect(page.getByText('there is nothing to leave')).toBeVisible();
    for (const one of [page, lead]) await one.context().close();
  });

  if (scripts) {
    test('a lead sees who applies, and the applicant the decision, without loading the page again', async ({ browser }) => {
      const [name, email] = ['Noor News', 'zone-news@home.example'];
      const [page, lead, home] = [await somebody(browser, true), await somebody(browser, true), await somebody(browser, true)];
      for (const one of [lead, home]) await signIn(one, LEAD);
      await open(lead, `${AREA}/applications`);
      await open(home, AREA);
      // What a lead types while somebody applies stays.
      const domain = lead.getByLabel('Domain', { exact: true });
      await domain.fill('half-typ');
      await registers(page, name, email);
      await expect(applicant(lead, name)).toBeVisible();
      await expect(domain).toHaveValue('half-typ');
      for (const there of [lead.locator('#waiting'), home.getByRole('main')]) await expect(there).toContainText(/\d+ (person waits|people wait)/);
      await accessible(lead, 'applications, with one that came meanwhile');

      const other = await lead.context().newPage();
      await open(other, `${AREA}/applications`);
      await applicant(other, name).getByRole('button', { name: 'Let them in' }).click();
      await expect(other.getByText('They are a member now')).toBeVisible();
      await expect(own(page)).toContainText('Member');
      await expect(page.getByRole('main')).toContainText('A lead has decided about your application to');
      await expect(own(page).locator('summary')).toHaveCount(0);
      await expect(lead.locator('#waiting')).toContainText(/below do(es)? not wait any more/);
      for (const one of [page, lead, home]) await one.context().close();
    });
  }

  test(`somebody with an account asks to join, and takes it back, ${how}`, async ({ browser }) => {
    const page = await somebody(browser, scripts);
    await signIn(page, scripts ? STUDENTS.zoneAsks : STUDENTS.zoneAsksPlain);
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'NMP Zone' }).click();
    await expect(heading(page, 'NMP Zone')).toBeVisible();
    await page.locator(`a[href="${AREA}/join"]`).click();
    await expect(heading(page, /^Join /)).toBeVisible();
    await arrived(page);
    await expect(page.getByLabel('Full name')).toHaveCount(0);
    await expect(page.getByRole('main')).toContainText('This is version 2026-12-02.');
    await page.getByRole('button', { name: 'Ask to join' }).click();
    await expect(page.getByRole('alert')).toContainText('Tick the box if you accept the code of conduct');
    await arrived(page);
    await page.getByLabel(ACCEPT).check();
    await page.getByRole('button', { name: 'Ask to join' }).click();
    await expect(page.getByRole('status')).toContainText('You have applied. You get a mail');
    await expect(own(page)).toContainText('Waits for a lead');
    await arrived(page);
    if (scripts) await accessible(page, 'the areas, for somebody who waits');
    await own(page).getByText('Take the application back').click();
    await own(page).getByRole('button', { name: 'Yes, take it back' }).click();
    await expect(page.getByText('You have taken your application back.')).toBeVisible();
    await expect(page.locator(`a[href="${AREA}/join"]`)).toBeVisible();
    await page.context().close();
  });
}

test('a lead admits a domain, whose people join at once, and ends a membership', async ({ browser }) => {
  const [email, domain] = ['zone-admitted@zone-trust.example', 'zone-trust.example'];
  const [page, lead] = [await somebody(browser, true), await somebody(browser, true)];
  await signIn(lead, LEAD);
  await open(lead, `${AREA}/applications`);
  await lead.getByLabel('Domain', { exact: true }).fill('nothing');
  await lead.getByRole('button', { name: 'Admit this domain' }).click();
  await expect(lead.locator('#domain-problem')).toContainText('the part of the address after the @');
  await lead.getByLabel('Domain', { exact: true }).fill('gmail.com');
  await lead.getByRole('button', { name: 'Admit this domain' }).click();
  await expect(lead.locator('#domain-problem')).toContainText('anybody can have an address of gmail.com');
  await lead.getByLabel('Domain', { exact: true }).fill(`@${domain}`);
  await lead.getByRole('button', { name: 'Admit this domain' }).click();
  const row = lead.getByRole('listitem').filter({ hasText: domain });
  await expect(row).toBeVisible();
  await accessible(lead, 'applications, with an admitted domain');

  await open(page, `${AREA}/join`);
  await page.getByLabel('Full name').fill('Addy Admitted');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Choose a password').fill(CHOSEN);
  await page.getByLabel('I agree that you keep this about me').check();
  await page.getByLabel(ACCEPT).check();
  await page.getByRole('button', { name: 'Send me the link' }).click();
  await open(page, await linkFor(email, 'register'));
  await page.getByLabel('Password', { exact: true }).fill(CHOSEN);
  await page.getByRole('button', { name: 'Open my account' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await tryToSignIn(page, email, CHOSEN);
  await expect(heading(page, 'NMP Zone')).toBeVisible();
  await open(page, AREA);
  await expect(page.getByRole('link', { name: 'Directory' })).toBeVisible();

  await row.getByRole('button', { name: 'Admit no more' }).click();
  await expect(row).toHaveCount(0);
  // Whoever came last is named on the page of the area.
  await open(lead, AREA);
  const member = (await lead.getByRole('link', { name: 'Addy Admitted' }).getAttribute('href'))!.split('/').pop()!;
  await open(lead, `${AREA}/applications?end=${member}`);
  await expect(lead.getByRole('heading', { name: 'End the membership of Addy Admitted' })).toBeVisible();
  await accessible(lead, 'the end of a membership');
  await lead.locator('#end_reason').fill('You asked us to.');
  await lead.getByRole('button', { name: 'Yes, end the membership' }).click();
  await expect(lead.getByText('The membership has ended')).toBeVisible();
  await page.goto(AREA);
  await expect(heading(page, 'Page not found')).toBeVisible();
  await open(page, '/zone');
  await expect(page.getByRole('main')).toContainText('You asked us to.');
  for (const one of [page, lead]) await one.context().close();
});

test('support makes somebody a lead who has asked to join, and nobody who has not', async ({ browser }) => {
  const [page, support] = [await somebody(browser, true), await somebody(browser, true)];
  await signIn(page, STUDENTS.zoneLeads);
  await open(page, '/zone');
  const name = (await own(page).getByRole('heading').innerText()).trim();
  await signIn(support, 'support@demo.example');
  await open(support, `/support?search=${encodeURIComponent(STUDENTS.zoneLeads)}`);
  await support.locator('tbody').getByRole('link').click();
  await support.getByLabel('Reason').fill('Asked by the committee');
  await support.getByRole('button', { name: 'Open the page' }).click();
  await expect(support.getByRole('main')).toContainText(STUDENTS.zoneLeads);
  await support.locator('summary', { hasText: 'Make them a lead' }).click();
  const appoint = async () => {
    await support.locator('#lead_area').selectOption({ label: name });
    await support.locator('#lead_reason').fill('Chosen by the committee');
    await support.getByRole('button', { name: 'Yes, make them a lead' }).click();
  };
  await appoint();
  await expect(support.getByRole('alert')).toContainText('Ask them to register for the area first');
  await accessible(support, 'a lead who cannot be appointed');

  await open(page, `${AREA}/join`);
  await page.getByLabel(ACCEPT).check();
  await page.getByRole('button', { name: 'Ask to join' }).click();
  await expect(heading(page, 'NMP Zone')).toBeVisible();
  await appoint();
  await expect(support.getByText('They lead the area of NMP Zone, and a mail tells them.')).toBeVisible();
  await expect(support.getByRole('main')).toContainText(`Lead in NMP Zone: ${name}`);
  await open(page, AREA);
  await expect(page.getByRole('link', { name: 'Applications' })).toBeVisible();

  await hydrated(support);
  await support.locator('summary', { hasText: 'Take back a role' }).click();
  await support.locator('#role').selectOption({ label: `Lead in NMP Zone: ${name}` });
  await support.locator('#role_reason').fill('The term is over');
  await support.getByRole('button', { name: 'Yes, take it back' }).click();
  await expect(support.getByText('They do not have this role any more.')).toBeVisible();
  await open(page, AREA);
  await expect(page.getByRole('link', { name: 'Directory' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Applications' })).toHaveCount(0);
  for (const one of [page, support]) await one.context().close();
});

test('the only lead of an area reads what follows before leaving, and applicants and support after it', async ({ browser }) => {
  const [only] = areaOf('leaderless', ['Lena Lead']);
  const [page, lead, support] = [await somebody(browser, false), await somebody(browser, true), await somebody(browser, true)];
  await page.goto('/zone/leaderless/join');
  await expect(page.getByRole('main')).not.toContainText('Nobody leads this area');
  await signIn(lead, only.email);
  await open(lead, '/zone/leave');
  await expect(lead.getByRole('main')).toContainText('Nobody else leads Area leaderless: ask our support first');
  await open(lead, '/zone/leaderless/leave');
  await expect(lead.getByRole('main')).toContainText('Nobody else leads Area leaderless: ask our support first');
  await accessible(lead, 'leaving as the only lead');
  await lead.getByRole('button', { name: 'Yes, leave Area leaderless' }).click();
  await expect(lead).toHaveURL(/\/zone\/left$/);
  await page.goto('/zone/leaderless/join');
  await expect(page.getByRole('main')).toContainText('Nobody leads this area at the moment');
  await signIn(support, 'support@demo.example');
  await open(support, '/support');
  const list = support.locator('#without-lead ~ ul');
  await expect(list.getByRole('listitem').filter({ hasText: 'Area leaderless' })).toHaveCount(1);
  await accessible(support, 'support, with an area without a lead');
  for (const one of [page, lead, support]) await one.context().close();
});
