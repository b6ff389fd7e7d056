import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { hasMail, linkFor, mailTo } from './support/mail';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
import { signIn } from './support/people';
import { expect, test } from './support/test';
import { areaOf, type Member } from './support/zone';

// Members write to each other through the platform, and neither learns the other's address by it. P36: anybody can report.

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  const slug = scripts ? 'messages' : 'messages-plain';

  const someone = async (browser: Browser, who: Member): Promise<Page> => {
    const page = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
    await signIn(page, who.email);
    return page;
  };
  const open = async (page: Page, path: string) => {
    await page.goto(path);
    await (scripts ? hydrated(page) : asDrawn(page));
  };
  const write = async (page: Page, to: Member, text: string) => {
    await open(page, to.page);
    await page.getByLabel(`Message to ${to.name}`).fill(text);
    await page.getByRole('button', { name: 'Send the message' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Your message is on its way' })).toBeVisible();
    await expect(page.getByLabel(`Message to ${to.name}`)).toHaveValue('');
  };

  test(`a message arrives without addresses, is blocked and reported, and a lead closes the report, ${how}`, async ({ browser }) => {
    const [lea, ann, ben] = areaOf(slug, ['Lea Leader', 'Ann Archer', 'Ben Baker']);
    const [by, to, lead] = [await someone(browser, ann), await someone(browser, ben), await someone(browser, lea)];
    const messages = `/zone/${slug}/messages`;

    await open(to, messages);
    await expect(to.getByText('You have no messages in this area yet.')).toBeVisible();
    await open(by, ben.page);
    await by.getByRole('button', { name: 'Send the message' }).click();
    await expect(by.getByRole('alert')).toContainText('Write a message of at most 2,000 characters');
    await write(by, ben, 'Buy my book\nIt is good.');
    await expect.poll(() => hasMail(ben.email, '> Buy my book')).toBe(true);
    for (const mail of mailTo(ben.email)) {
      expect(mail).not.toContain(ann.email);
      expect(mail).not.toMatch(/^reply-to/im);
    }

    // Ben reads it, blocks Ann and reports the message.
    await open(to, messages);
    const row = to.getByRole('listitem').filter({ hasText: 'Buy my book' });
    await expect(row).toContainText('From Ann Archer');
    if (scripts) await accessible(to, 'the messages of a member');
    await row.getByText('Report the message from Ann Archer').click();
    await row.getByRole('button', { name: 'Send the report' }).click();
    await expect(to.getByRole('alert')).toContainText('Choose what the report is about');
    await expect(row.getByLabel('What it is about')).toBeVisible();
    await row.getByLabel('What it is about').selectOption({ label: 'It asks for contact details, or promotes something' });
    await row.getByRole('button', { name: 'Send the report' }).click();
    await expect(to.getByRole('status').filter({ hasText: 'The leads of this area have your report.' })).toBeVisible();
    await expect(row).toContainText('You have reported this message to the leads.');
    await row.getByText('Block Ann Archer').click();
    await row.getByRole('button', { name: 'Yes, block them' }).click();
    await expect(to.getByRole('status').filter({ hasText: 'You get no more messages from this member.' })).toBeVisible();
    await expect(to.getByRole('heading', { name: 'Members whom you have blocked' })).toBeVisible();

    // Ann reads the same words as before, and Ben gets nothing.
    await write(by, ben, 'Buy another book');
    await open(to, messages);
    await expect(row).toBeVisible();
    await expect(to.getByText('Buy another book')).toHaveCount(0);
    await open(by, messages);
    await expect(by.getByRole('listitem').filter({ hasText: 'To Ben Baker' })).toHaveCount(2);

    // The lead is told that there is a report, reads it on the page, and closes it.
    await expect.poll(() => hasMail(lea.email, `/zone/${slug}/reports`)).toBe(true);
    expect(hasMail(lea.email, 'Buy my book')).toBe(false);
    await open(by, `/zone/${slug}/reports`);
    await expect(heading(by, 'Page not found')).toBeVisible();
    await open(lead, `/zone/${slug}/reports`);
    await expect(lead.getByRole('main')).toContainText('Buy my book');
    await expect(lead.getByRole('main')).not.toContainText('Buy another book');
    if (scripts) await accessible(lead, 'the reports of an area');
    const size = lead.viewportSize()!;
    await lead.setViewportSize({ width: 320, height: 640 });
    await noSidewaysScrolling(lead);
    await lead.setViewportSize(size);
    await lead.getByRole('button', { name: 'Close the report' }).click();
    await expect(lead.getByRole('alert')).toContainText('Say what you have done');
    await lead.getByLabel('What you have done').fill('Asked Ann to stop');
    await lead.getByRole('button', { name: 'Close the report' }).click();
    await expect(lead.getByRole('main')).toContainText('No report waits.');
    await expect.poll(() => hasMail(ben.email, `Your report in Area ${slug} was looked at`)).toBe(true);
    expect(hasMail(ben.email, 'Asked Ann to stop')).toBe(false);
    expect(hasMail(ben.email, 'Buy another book')).toBe(false);

    // The block ends, and a message arrives again.
    await to.getByRole('button', { name: 'End the block' }).first().click();
    await expect(to.getByRole('status').filter({ hasText: 'You get messages from this member again.' })).toBeVisible();
    for (const page of [by, to, lead]) await page.context().close();
  });

  test(`the link of a mail stops messages without signing in, ${how}`, async ({ browser }) => {
    const [, ann, ben] = areaOf(`${slug}-stop`, ['Lea Leader', 'Ann Archer', 'Ben Baker']);
    const by = await someone(browser, ann);
    await write(by, ben, 'Hello Ben');
    const visitor = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
    await open(visitor, new URL(await linkFor(ben.email, 'stop-messages')).pathname);
    await expect(heading(visitor, 'Take no more messages')).toBeVisible();
    if (scripts) await accessible(visitor, 'the page that stops messages');
    await visitor.getByRole('button', { name: 'No more messages' }).click();
    await expect(heading(visitor, 'You will get no more messages')).toBeVisible();
    await open(by, ben.page);
    await expect(by.getByText('Ben Baker takes no messages.')).toBeVisible();
    await expect(by.getByRole('button', { name: 'Send the message' })).toHaveCount(0);
    for (const page of [by, visitor]) await page.context().close();
  });
}
