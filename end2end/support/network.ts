import type { Page } from '@playwright/test';

/**
 * The page itself refuses these calls, in this document and in the next: a page that is left makes a last call, which
 * gets past what the browser intercepts while the next page takes its place. Returns what lets them through again. A
 * cookie says whether they are refused, because it holds for every document.
 */
export async function refusing(page: Page, call: string): Promise<() => Promise<void>> {
  const cookie = { name: 'refused', url: page.url() };
  const refuse = (path: string) => {
    const { fetch, navigator } = window;
    const beacon = navigator.sendBeacon.bind(navigator);
    const refused = (to: unknown) =>
      document.cookie.includes('refused=yes') && String(to instanceof Request ? to.url : to).includes(path);
    window.fetch = (to, how) => (refused(to) ? Promise.reject(new TypeError('Failed to fetch')) : fetch(to, how));
    navigator.sendBeacon = (to, body) => !refused(to) && beacon(to, body);
  };
  await page.context().addCookies([{ ...cookie, value: 'yes' }]);
  await page.addInitScript(refuse, `/api/${call}`);
  await page.evaluate(refuse, `/api/${call}`);
  return () => page.context().addCookies([{ ...cookie, value: 'no' }]);
}
