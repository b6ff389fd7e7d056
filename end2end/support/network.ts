import type { Page } from '@playwright/test';

/**
 * The browser itself refuses these calls of the page, before they leave it, in this document and in the next: a page that
 * is left makes a last call, and that can get past a handler of the test while the next page takes its place. Returns
 * what lets them through again.
 */
export async function refusing(page: Page, call: string): Promise<() => Promise<void>> {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.setBlockedURLs', { urls: [`*/api/${call}`] });
  return async () => {
    await network.send('Network.setBlockedURLs', { urls: [] });
    await network.detach();
  };
}
