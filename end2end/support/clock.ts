import type { Page } from '@playwright/test';

/**
 * Gives a page a clock of its own, which the test advances. Call it before the first page.
 *
 * Playwright numbers the timers of such a page from 10^12 on, which is more than the 32 bits that WebAssembly has for the number of a
 * timer: the application could not end one. So each gets a small number here.
 */
export async function ownTime(page: Page) {
  await page.clock.install();
  await page.addInitScript(() => {
    const numbers = new Map<number, number>();
    let last = 0;
    for (const kind of ['Timeout', 'Interval'] as const) {
      const [set, clear] = [window[`set${kind}`] as (...all: unknown[]) => number, window[`clear${kind}`]];
      const begin = (...all: unknown[]) => {
        numbers.set(++last, set(...all));
        return last;
      };
      const end = (n: number) => {
        clear(numbers.get(n));
        numbers.delete(n);
      };
      Object.assign(window, { [`set${kind}`]: begin, [`clear${kind}`]: end });
    }
  });
}

/** From here on only the test lets time pass on the page. Call it on a page with its own clock, when no request is pending. */
export async function timeStands(page: Page) {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 500));
}
