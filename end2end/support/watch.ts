import { test, type Page } from '@playwright/test';

/** Collects unseen faults in a page, and requests to other sites. Call it before the first page. */
export async function watch(page: Page) {
  const site = new URL(test.info().project.use.baseURL!).origin;
  const faults: string[] = [];
  const note = (what: string) => faults.push(`${page.url()}: ${what}`);
  page.on('console', (message) => {
    if (message.type() === 'error' || /content security policy/i.test(message.text())) note(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
  // P34: no trackers, and nothing from other sites loads by itself.
  page.context().on('request', (request) => {
    if (new URL(request.url()).origin !== site) note(`left the site: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) note(`${response.status()}: ${response.url()}`);
  });
  await page.exposeFunction('violated', note);
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (window as never as { violated(what: string): void }).violated(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { site, faults };
}
