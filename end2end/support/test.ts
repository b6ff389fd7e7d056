import { expect, test as base, type BrowserContext } from '@playwright/test';

export { expect };

/** What went wrong in any page of the test that runs: a worker runs one at a time. */
const faults: string[] = [];

/** What a request that failed leaves in the console: many journeys have the network away, or a file missing. */
const NETWORK = /^(Failed to load resource|TypeError: Failed to fetch)/;

/** Uncaught errors, and what the console says of others. */
function listen(context: BrowserContext) {
  context.on('weberror', (error) => faults.push(`${error.page()?.url()}: uncaught: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error' && !NETWORK.test(message.text())) {
      faults.push(`${message.page()?.url()}: ${message.text()}`);
    }
  });
}

/** Every journey's `test`: it fails when the application breaks down in one of its pages, although nobody sees it. */
export const test = base.extend<{ unbroken: void }>({
  browser: [
    async ({ browser }, use) => {
      const open = browser.newContext.bind(browser);
      browser.newContext = async (options) => {
        const context = await open(options);
        listen(context);
        return context;
      };
      await use(browser);
    },
    { scope: 'worker' },
  ],
  unbroken: [
    async ({}, use) => {
      faults.length = 0;
      await use();
      expect(faults, 'what went wrong in the pages, unseen').toEqual([]);
    },
    { auto: true },
  ],
});
