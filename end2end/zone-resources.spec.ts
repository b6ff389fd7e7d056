import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
import { LEAD, signIn } from './support/people';
import { expect, test } from './support/test';

// P14, P34, P38: an area has contacts and a library, which leads keep and to which members suggest.

const AREA = '/zone/north-prescribers';
const MEMBER = 'member@demo.example';
const PDF = Buffer.from('%PDF-1.7\nA guide for the ward\n%%EOF');

async function somebody(browser: Browser, scripts: boolean, email: string): Promise<Page> {
  const page = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
  await signIn(page, email);
  return page;
}

/** What is said of a resource. */
async function describe(page: Page, title: string) {
  await page.getByLabel('Title', { exact: true }).fill(title);
  await page.getByLabel('What it is for', { exact: true }).fill('To look doses up');
  await page.getByLabel('Review date').fill('2030-01-31');
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  const arrived = (page: Page) => (scripts ? hydrated(page) : asDrawn(page));
  const come = async (page: Page, path: string) => {
    await page.goto(path);
    await arrived(page);
  };
  const row = (page: Page, title: string) => page.locator('table tbody tr').filter({ hasText: title });
  /** The row, also where the list has more than one page. */
  const find = async (page: Page, title: string, state = 'current') => {
    await come(page, `${AREA}/resources?${new URLSearchParams({ state, search: title })}`);
    return row(page, title);
  };

  test(`a lead adds a link, changes it, adds a version and retires it, ${how}`, async ({ browser }) => {
    const title = `Link of the lead ${how}`;
    const [lead, member] = [await somebody(browser, scripts, LEAD), await somebody(browser, scripts, MEMBER)];
    await come(lead, `${AREA}/resources`);
    await lead.getByRole('button', { name: 'Add it' }).click();
    const problems = lead.getByRole('alert').getByRole('listitem');
    await expect(problems).toHaveText([/Enter a title/, /Say what it is for/, /Enter the day/, /Enter a web address, or choose a file/]);
    await arrived(lead);
    if (scripts) await accessible(lead, 'the library, with problems');
    await describe(lead, title);
    await lead.getByLabel('Web address').fill('http://www.nice.org.uk/guidance');
    await lead.getByRole('button', { name: 'Add it' }).click();
    await expect(problems).toHaveText([/begins with https/]);
    // What was typed stays.
    await arrived(lead);
    await expect(lead.getByLabel('Title', { exact: true })).toHaveValue(title);
    await lead.getByLabel('Web address').fill('https://www.nice.org.uk/guidance');
    await lead.getByRole('button', { name: 'Add it' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'It is in the library.' })).toBeVisible();

    await expect(await find(member, title)).toContainText('Link to nice.org.uk');
    if (scripts) await accessible(member, 'the library, for a member');
    await member.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(member);
    await row(member, title).getByRole('link').first().click();
    await expect(heading(member, title)).toBeVisible();
    await noSidewaysScrolling(member);
    const out = member.getByRole('link', { name: 'Open the link' }).first();
    await expect(out).toHaveAttribute('href', 'https://www.nice.org.uk/guidance');
    await expect(out).toHaveAttribute('rel', 'noopener noreferrer nofollow');
    await expect(member.getByRole('button', { name: 'Add this version' })).toHaveCount(0);
    await expect(member.getByRole('button', { name: 'Suggest this version' })).toBeVisible();
    const address = new URL(member.url()).pathname;

    await come(lead, address);
    if (scripts) await accessible(lead, 'a resource, for a lead');
    await lead.getByLabel('File', { exact: true }).setInputFiles({ name: 'guide.pdf', mimeType: 'application/pdf', buffer: PDF });
    await lead.getByLabel('What is different').fill('Now a file');
    await lead.getByRole('button', { name: 'Add this version' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'The new version' })).toBeVisible();
    await arrived(lead);
    await expect(lead.getByText('Version 2', { exact: true })).toBeVisible();
    await expect(lead.getByText('Version 1', { exact: true })).toBeVisible();

    await lead.getByText('Retire this resource').click();
    await lead.getByRole('button', { name: 'Yes, retire it' }).click();
    await expect(lead.getByRole('alert')).toContainText('Say why in a few words');
    await arrived(lead);
    await lead.getByLabel('Reason').fill('There is a better one');
    await lead.getByRole('button', { name: 'Yes, retire it' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'only leads find it' })).toBeVisible();
    await member.goto(address);
    await expect(heading(member, 'Page not found')).toBeVisible();
    await expect(await find(lead, title, 'retired')).toHaveCount(1);
    for (const page of [lead, member]) await page.context().close();
  });

  test(`a member suggests a file, a lead accepts it, and others download it, ${how}`, async ({ browser }) => {
    const title = `File of a member ${how}`;
    const [lead, member] = [await somebody(browser, scripts, LEAD), await somebody(browser, scripts, MEMBER)];
    await come(member, `${AREA}/resources`);
    await describe(member, title);
    await member.getByLabel('File', { exact: true }).setInputFiles({ name: 'guide.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html></html>') });
    await member.getByRole('button', { name: 'Suggest it' }).click();
    await expect(member.getByRole('alert')).toContainText('none of them, whatever its name says');
    await arrived(member);
    await expect(member.getByLabel('Title', { exact: true })).toHaveValue(title);
    await member.getByLabel('File', { exact: true }).setInputFiles({ name: 'guide.pdf', mimeType: 'application/pdf', buffer: PDF });
    await member.getByRole('button', { name: 'Suggest it' }).click();
    await expect(member.getByRole('status').filter({ hasText: 'The leads see your suggestion' })).toBeVisible();
    await arrived(member);
    const own = member.getByRole('region', { name: 'Your suggestions' }).getByRole('listitem').filter({ hasText: title });
    await expect(own).toContainText('Waits for a lead');
    if (scripts) await accessible(member, 'the library, with a suggestion');
    await expect(await find(member, title)).toHaveCount(0);

    await (await find(lead, title, 'suggested')).getByRole('link').first().click();
    await expect(heading(lead, title)).toBeVisible();
    await arrived(lead);
    if (scripts) await accessible(lead, 'a suggestion, for a lead');
    await lead.getByRole('button', { name: 'Accept it' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'It is in the library.' })).toBeVisible();

    await (await find(member, title)).getByRole('link').first().click();
    await expect(heading(member, title)).toBeVisible();
    await arrived(member);
    const [file] = await Promise.all([member.waitForEvent('download'), member.getByRole('link', { name: /^Download/ }).first().click()]);
    expect(file.suggestedFilename()).toBe(`${title.replaceAll(' ', '-')}-version-1.pdf`);
    expect(readFileSync(await file.path()).equals(PDF)).toBe(true);
    for (const page of [lead, member]) await page.context().close();
  });

  test(`a member suggests a new version, a lead declines one and accepts another, ${how}`, async ({ browser }) => {
    const title = `Guide with versions ${how}`;
    const [lead, member] = [await somebody(browser, scripts, LEAD), await somebody(browser, scripts, MEMBER)];
    await come(lead, `${AREA}/resources`);
    await describe(lead, title);
    await lead.getByLabel('Web address').fill('https://www.nice.org.uk/guidance');
    await lead.getByRole('button', { name: 'Add it' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'It is in the library.' })).toBeVisible();

    await (await find(member, title)).getByRole('link').first().click();
    await expect(heading(member, title)).toBeVisible();
    const address = new URL(member.url()).pathname;
    const suggest = async (change: string) => {
      await come(member, address);
      await member.getByRole('button', { name: 'Suggest this version' }).click();
      await expect(member.getByRole('alert').getByRole('listitem')).toHaveText([/Enter a web address, or choose a file/, /Say what is different/]);
      await arrived(member);
      await member.getByLabel('File', { exact: true }).setInputFiles({ name: 'guide.pdf', mimeType: 'application/pdf', buffer: PDF });
      await member.getByLabel('What is different').fill(change);
      await member.getByRole('button', { name: 'Suggest this version' }).click();
      await expect(member.getByRole('status').filter({ hasText: 'The leads see your suggestion' })).toBeVisible();
      await expect(member.getByRole('main')).toContainText('You have suggested a new version of it');
      await arrived(member);
    };
    const look = async () => {
      await come(lead, address);
      await lead.getByRole('link', { name: 'Look at the suggestion' }).click();
      await expect(lead.getByRole('main')).toContainText('This is suggested as a new version of');
      await arrived(lead);
    };
    await suggest('The wrong one');
    await expect(member.getByText('Version 2', { exact: true })).toHaveCount(0);
    if (scripts) await accessible(member, 'a resource, with a suggested version');
    await look();
    if (scripts) await accessible(lead, 'a suggested version, for a lead');
    await lead.getByText('Decline it', { exact: true }).click();
    await lead.getByLabel('Reason').fill('This is another guide');
    await lead.getByRole('button', { name: 'Yes, decline it' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'It is declined.' })).toBeVisible();

    await suggest('The doses of 2027');
    await look();
    await lead.getByRole('button', { name: 'Accept it' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'It is the newest version in the library.' })).toBeVisible();
    await expect(heading(lead, title)).toBeVisible();
    await come(member, address);
    await expect(member.getByText('Version 2', { exact: true })).toBeVisible();
    await expect(member.getByRole('main')).toContainText('The doses of 2027');
    await expect(member.getByRole('link', { name: /^Download \(PDF/ }).first()).toBeVisible();
    for (const page of [lead, member]) await page.context().close();
  });

  test(`the captions of a video are in the language that was chosen, ${how}`, async ({ browser }) => {
    const title = `Film ${how}`;
    const lead = await somebody(browser, scripts, LEAD);
    await come(lead, `${AREA}/resources`);
    await describe(lead, title);
    const film = Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1');
    await lead.getByLabel('File', { exact: true }).setInputFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: film });
    const captions = Buffer.from('WEBVTT\n\n00:01.000 --> 00:04.000\nBore da\n');
    await lead.getByLabel('For a video: its captions').setInputFiles({ name: 'film.vtt', mimeType: 'text/vtt', buffer: captions });
    await lead.getByLabel('For a video: the language of its captions').selectOption('Welsh');
    await lead.getByRole('button', { name: 'Add it' }).click();
    await expect(lead.getByRole('status').filter({ hasText: 'It is in the library.' })).toBeVisible();
    await (await find(lead, title)).getByRole('link').first().click();
    await expect(heading(lead, title)).toBeVisible();
    const track = lead.locator('video track');
    await expect(track).toHaveAttribute('srclang', 'cy');
    await expect(track).toHaveAttribute('label', 'Welsh');
    await expect(lead.getByRole('link', { name: 'captions in Welsh' })).toBeVisible();
    await lead.context().close();
  });

  test(`a file that is too large is told so beside its field, and what is typed stays, ${how}`, async ({ browser }) => {
    const title = `Too large ${how}`;
    const member = await somebody(browser, scripts, MEMBER);
    let sent = 0;
    member.on('request', (request) => (sent += Number(request.method() === 'POST')));
    await come(member, `${AREA}/resources`);
    await describe(member, title);
    // One that is on the disk, for the browser takes no larger one from here.
    const large = test.info().outputPath('large.pdf');
    writeFileSync(large, Buffer.concat([PDF, Buffer.alloc(26_000_000)]));
    const file = member.getByLabel('File', { exact: true });
    await file.setInputFiles(large);
    const problem = member.locator('#file-problem');
    if (scripts) {
      await expect(problem).toContainText('at most 25 MB');
      await accessible(member, 'a file that is too large');
    }
    await member.getByRole('button', { name: 'Suggest it' }).click();
    await expect(problem).toContainText('at most 25 MB');
    await expect(member.getByLabel('Title', { exact: true })).toHaveValue(title);
    if (scripts) {
      expect(sent, 'nothing is sent').toBe(0);
      await expect(file).toBeFocused();
    } else {
      await arrived(member);
    }
    await file.setInputFiles({ name: 'guide.pdf', mimeType: 'application/pdf', buffer: PDF });
    if (scripts) await expect(problem).toHaveCount(0);
    await member.getByRole('button', { name: 'Suggest it' }).click();
    await expect(member.getByRole('status').filter({ hasText: 'The leads see your suggestion' })).toBeVisible();
    await member.context().close();
  });

  test(`a lead pins a service, members find it, and it is removed, ${how}`, async ({ browser }) => {
    const name = `Advice line ${how}`;
    const [lead, member] = [await somebody(browser, scripts, LEAD), await somebody(browser, scripts, MEMBER)];
    await come(lead, `${AREA}/contacts`);
    const service = lead.getByRole('region', { name: 'Add a service' });
    await service.getByRole('button', { name: 'Add this service' }).click();
    await expect(lead.getByRole('alert')).toContainText('Enter a name');
    await arrived(lead);
    if (scripts) await accessible(lead, 'contacts, with problems');
    await service.getByLabel('Name of the service').fill(name);
    await service.getByLabel('What to ask them for').fill('Questions about doses');
    await service.getByLabel('Telephone (optional)').fill('01234 567890');
    await service.getByRole('button', { name: 'Add this service' }).click();
    const card = (page: Page) => page.locator('.card').filter({ has: page.getByRole('heading', { level: 2, name, exact: true }) });
    await expect(card(lead)).toBeVisible();

    await come(member, `${AREA}/contacts`);
    await expect(card(member).getByRole('link', { name: '01234 567890' })).toHaveAttribute('href', 'tel:01234567890');
    await expect(member.getByRole('button', { name: /^Move/ })).toHaveCount(0);
    if (scripts) await accessible(member, 'contacts, for a member');
    await member.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(member);

    await arrived(lead);
    await card(lead).getByText('Remove').first().click();
    await card(lead).getByRole('button', { name: 'Yes, remove it' }).click();
    await expect(card(lead)).toHaveCount(0);
    for (const page of [lead, member]) await page.context().close();
  });
}
