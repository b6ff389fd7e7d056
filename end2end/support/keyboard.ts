import { expect, type Locator, type Page } from '@playwright/test';
import { heading, hydrated } from './page';

/** The visible difference between a focused element and the same element without focus. */
function look(element: Element) {
  const { outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor, borderColor, textDecorationLine } = getComputedStyle(element);
  const seen = outlineStyle !== 'none' && outlineWidth !== '0px' && outlineColor !== 'rgba(0, 0, 0, 0)';
  return JSON.stringify([seen ? [outlineStyle, outlineWidth, outlineColor] : 'none', boxShadow, backgroundColor, borderColor, textDecorationLine]);
}

/** The focus is on a visible element, inside the window, that looks different because of it. */
export async function focusIsVisible(page: Page) {
  const focused = page.locator(':focus');
  await expect(focused).toHaveCount(1);
  await expect(focused).toBeInViewport();
  const [name, on, off] = await focused.evaluate((element: HTMLElement, source) => {
    const look = new Function(`return (${source})`)() as (element: Element) => string;
    const on = look(element);
    element.blur();
    const off = look(element);
    element.focus({ preventScroll: true });
    return [element.outerHTML.slice(0, 120), on, off];
  }, look.toString());
  // Soft: one run names every faulty stop.
  expect.soft(on, `the focus cannot be seen on ${name}`).not.toBe(off);
}

/** Goes on with the Tab key until the target has the focus, and checks every stop on the way. */
export async function tabTo(page: Page, target: Locator) {
  await expect(target).toBeVisible();
  for (let stops = 0; stops < 120; stops += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement === document.body)) continue;
    await focusIsVisible(page);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab never reaches ${target}`);
}

/**
 * After going to another page, reading begins at its start: the focus is on its heading, or on nothing yet if the page
 * was loaded as a document, or on the content as a whole.
 */
export async function landedIn(page: Page, title: string | RegExp) {
  await expect(heading(page, title)).toBeVisible();
  await hydrated(page);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toMatch(/^(BODY|MAIN|H1)$/);
}

/** Goes through every stop of the page, from the first to the last, and checks each. */
export async function tabThrough(page: Page) {
  const first = page.getByRole('link', { name: 'Skip to the content' });
  await tabTo(page, first);
  for (let stops = 0; stops < 200; stops += 1) {
    await page.keyboard.press('Tab');
    // After the last stop the browser's own toolbars follow, and then the first again.
    const over = await page.evaluate(() => document.activeElement === document.body);
    if (over || (await first.evaluate((element) => element === document.activeElement))) return;
    await focusIsVisible(page);
  }
}
