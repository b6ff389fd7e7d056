import type { Browser, Locator, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { hasMail, linkFor } from './support/mail';
import { tabTo } from './support/keyboard';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
import { LEAD, signIn } from './support/people';
import { expect, test } from './support/test';

// P2, P14, P15, P26: the way of a member, among 20,000: register for an area, be let in, fill in a profile, be found by a misspelt name, write a
// message, leave, and be gone.

const AREA = '/zone/north-prescribers';
const MEMBER = 'member@demo.example';
const CHOSEN = 'seven herons by the canal';

/** How somebody works a page: with the mouse, or by keyboard alone. */
interface Hands {
  press(target: Locator): Promise<void>;
  fill(target: Locator, text: string): Promise<void>;
  tick(target: Locator): Promise<void>;
}

function mouse(): Hands {
  return {
    press: (target) => target.click(),
    fill: (target, text) => target.fill(text),
    tick: (target) => target.check(),
  };
}

/** Each stop on the way shows its focus. */
function keys(page: Page): Hands {
  return {
    press: async (target) => {
      await tabTo(page, target);
      await page.keyboard.press('Enter');
    },
    fill: async (target, text) => {
      await tabTo(page, target);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(text);
    },
    tick: async (target) => {
      await tabTo(page, target);
      await page.keyboard.press('Space');
      await expect(target).toBeChecked();
    },
  };
}

interface Way {
  how: string;
  /** The name, as it is and as somebody misspells it. */
  name: string;
  misspelt: string;
  email: string;
  width: number;
  scripts: boolean;
  byKeys?: true;
}

const WAYS: Way[] = [
  { how: 'at 1280 px', name: 'Quillon Ravenscroft', misspelt: 'Quilon Ravenscorft', email: 'zone-wide@home.example', width: 1280, scripts: true },
  { how: 'at 320 px', name: 'Persephone Thistlewood', misspelt: 'Persefone Thistelwood', email: 'zone-narrow@home.example', width: 320, scripts: true },
  { how: 'by keyboard alone', name: 'Barnaby Featherstonehaugh', misspelt: 'Barnabey Fetherstonehaugh', email: 'zone-keys@home.example', width: 1280, scripts: true, byKeys: true },
  { how: 'without scripts', name: 'Ottoline Wrigglesworth', misspelt: 'Otoline Wriglesworth', email: 'zone-plain@home.example', width: 1280, scripts: false },
  { how: 'without scripts, at 320 px', name: 'Ignatius Bramblewick', misspelt: 'Ignatus Brambelwick', email: 'zone-plain-narrow@home.example', width: 320, scripts: false },
];

for (const way of WAYS) {
  const somebody = async (browser: Browser): Promise<Page> => {
    const context = await browser.newContext({ javaScriptEnabled: way.scripts, reducedMotion: 'reduce', viewport: { width: way.width, height: 800 } });
    return context.newPage();
  };
  /** The page is there, fits the window, and can be used by everybody. */
  const stands = async (page: Page, title: string | RegExp) => {
    await expect(heading(page, title)).toBeVisible();
    await (way.scripts ? hydrated(page) : asDrawn(page));
    await noSidewaysScrolling(page);
    if (way.scripts) await accessible(page, `${title}, ${way.how}`);
  };
  const come = async (page: Page, path: string, title: string | RegExp) => {
    await page.goto(path);
    await stands(page, title);
  };
  /** The link to a member who is found by what is typed. */
  const find = async (page: Page, hands: Hands, typed: string, name: string): Promise<Locator> => {
    await come(page, `${AREA}/directory`, 'Directory');
    await hands.fill(page.getByLabel('Name, role, interest or place'), typed);
    // The form sends itself when the typing rests. Who goes on meanwhile keeps the focus: see zone-directory.spec.ts.
    if (way.scripts) await expect(page.getByRole('status').filter({ hasText: 'member' })).toContainText(`“${typed}”`);
    await hands.press(page.getByRole('main').getByRole('button', { name: 'Search' }));
    await expect(page).toHaveURL(/[?&]search=/);
    await expect(page.getByRole('status').filter({ hasText: 'member' })).toContainText(/match|Nobody/);
    return page.getByRole('main').getByRole('link', { name, exact: true });
  };

  test(`somebody joins an area, is found, writes, and leaves, ${way.how}`, async ({ browser }) => {
    const { name, misspelt, email } = way;
    const page = await somebody(browser);
    const hands = way.byKeys ? keys(page) : mouse();

    // Register.
    await come(page, '/zone', 'NMP Zone');
    await hands.press(page.locator(`a[href="${AREA}/join"]`));
    await stands(page, /^Join /);
    await hands.fill(page.getByLabel('Full name'), name);
    await hands.fill(page.getByLabel('E-mail address'), email);
    await hands.fill(page.getByLabel('Choose a password'), CHOSEN);
    await hands.tick(page.getByLabel('I agree that you keep this about me'));
    await hands.tick(page.getByLabel('I accept the code of conduct'));
    await hands.press(page.getByRole('button', { name: 'Send me the link' }));
    await stands(page, 'Check your e-mail');
    await page.goto(await linkFor(email, 'register'));
    await (way.scripts ? hydrated(page) : asDrawn(page));
    await hands.fill(page.getByLabel('Password', { exact: true }), CHOSEN);
    await hands.press(page.getByRole('button', { name: 'Open my account' }));
    await stands(page, 'Your account is open');
    await page.goto('/sign-in?next=%2Fzone');
    await (way.scripts ? hydrated(page) : asDrawn(page));
    await hands.fill(page.getByLabel('E-mail address'), email);
    await hands.fill(page.getByLabel('Password', { exact: true }), CHOSEN);
    await hands.press(page.getByRole('button', { name: 'Sign in' }));
    await stands(page, 'NMP Zone');
    await expect(page.getByText('Waits for a lead')).toBeVisible();
    await page.goto(AREA);
    await expect(heading(page, 'Page not found')).toBeVisible();

    // Be let in.
    const lead = await somebody(browser);
    await signIn(lead, LEAD);
    await come(lead, `${AREA}/applications`, /Applications/);
    const card = lead.locator('section.card').filter({ has: lead.getByRole('heading', { level: 3, name, exact: true }) });
    await card.getByRole('button', { name: 'Let them in' }).click();
    await expect(lead.getByText('They are a member now')).toBeVisible();
    await lead.context().close();
    await expect.poll(() => hasMail(email, 'You are a member of')).toBe(true);

    // Say something of oneself.
    await come(page, '/zone', 'NMP Zone');
    await hands.press(page.getByRole('main').locator(`a[href="${AREA}"]`));
    await stands(page, /./);
    await hands.press(page.getByRole('main').getByRole('link', { name: 'Your profile' }));
    await stands(page, 'Your profile');
    await hands.fill(page.getByLabel('Role', { exact: true }), 'Glassblower of inhalers');
    await hands.press(page.getByRole('button', { name: 'Save', exact: true }));
    await expect(page.getByRole('status').filter({ hasText: 'Your profile is saved.' })).toBeVisible();
    await stands(page, 'Your profile');
    await expect(page.getByRole('region', { name: 'What others see' })).toContainText('Glassblower of inhalers');

    // Be found, although the name is misspelt: by a member, and by nobody outside.
    const finder = await somebody(browser);
    await signIn(finder, MEMBER);
    await (await find(finder, mouse(), misspelt, name)).click();
    await stands(finder, name);
    const found = new URL(finder.url()).pathname;
    await expect(finder.getByRole('main')).toContainText('Glassblower of inhalers');
    // What is blank has no label.
    await expect(finder.getByRole('main')).not.toContainText('Telephone');
    const stranger = await somebody(browser);
    await signIn(stranger, 'alone@demo.example');
    for (const path of [found, `${AREA}/directory?search=${encodeURIComponent(name)}`]) {
      await stranger.goto(path);
      await expect(heading(stranger, 'Page not found')).toBeVisible();
      expect(await stranger.content()).not.toContain(name.split(' ')[1]);
    }
    await stranger.context().close();

    // Write to a member, who gets it by mail without an address.
    await hands.press(await find(page, hands, 'Demo Member', 'Demo Member'));
    await stands(page, 'Demo Member');
    const text = `Where do you learn, ${way.how}?`;
    await hands.fill(page.getByLabel('Message to Demo Member'), text);
    await hands.press(page.getByRole('button', { name: 'Send the message' }));
    await expect(page.getByRole('status').filter({ hasText: 'Your message is on its way' })).toBeVisible();
    await expect.poll(() => hasMail(MEMBER, text)).toBe(true);
    expect(hasMail(MEMBER, email)).toBe(false);

    // Leave, and be gone.
    await come(page, AREA, /./);
    await hands.press(page.getByRole('main').getByRole('link', { name: 'Leave this area' }));
    await stands(page, 'Leave this area');
    await hands.press(page.getByRole('button', { name: /^Yes, leave/ }));
    await stands(page, 'You have left');
    for (const path of [AREA, found]) {
      await page.goto(path);
      await expect(heading(page, 'Page not found')).toBeVisible();
    }
    await expect(await find(finder, mouse(), name, name)).toHaveCount(0);
    await finder.goto(found);
    await expect(heading(finder, 'Page not found')).toBeVisible();
    // The message stays with whom it was written to, from nobody in particular.
    await come(finder, `${AREA}/messages`, /Messages/);
    const message = finder.getByRole('listitem').filter({ hasText: text });
    await expect(message).toContainText('former member');
    await expect(message).not.toContainText(name);
    for (const one of [page, finder]) await one.context().close();
  });
}
