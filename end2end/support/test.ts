import { expect, test as base, type BrowserContext } from '@playwright/test';

export { expect };

/** The faults in any page of the running test: a worker runs one at a time. */
const faults: string[] = [];

/** The console message of a failed request: many journeys cut the network, or miss a file. */
const NETWORK = /^(Failed to load resource|TypeError: Failed to fetch)/;

/** Uncaught errors, and other errors in the console. */
function listen(context: BrowserContext) {
  context.on('weberror', (error) => faults.push(`${error.page()?.url()}: uncaught: ${error.error().message}`));
  context.on('console', (message) => {
    if (message.type() === 'error' && !NETWORK.test(message.text())) {
      faults.push(`${message.page()?.url()}: ${message.text()}`);
    }
  });
}

/** Every journey's `test`: it fails when the application crashes in one of its pages, even if nothing shows it. */
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
      expect(faults, 'unseen faults in the pages').toEqual([]);
    },
    { auto: true },
  ],
});
