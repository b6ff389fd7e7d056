import { readFile } from 'node:fs/promises';
import { expect, type Browser, type Page } from '@playwright/test';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './page';
import { signIn } from './people';

// Journeys that are made twice: with scripts on a wide window, and without them on a narrow one.

/** Somebody who is signed in. */
export async function someone(browser: Browser, who: string, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: { width: scripts ? 1280 : 320, height: 700 } });
  const page = await context.newPage();
  await signIn(page, who);
  return page;
}

/** The page is the one with this heading, it can be used, and nothing of it is cut off. */
export async function arrived(page: Page, name: string | RegExp, scripts: boolean) {
  await expect(heading(page, name)).toBeVisible();
  await settled(page, scripts);
}

export async function settled(page: Page, scripts: boolean) {
  await (scripts ? hydrated(page) : asDrawn(page));
  await noSidewaysScrolling(page);
}

/** The file behind a link. */
export async function taken(page: Page, link: string): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link }).click()]);
  return readFile(await file.path());
}
