import { expect, type Locator, type Page } from '@playwright/test';

/** Waits until the scripts have taken the page over: before that, a click behaves as without scripts. */
export async function hydrated(page: Page) {
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
  await asDrawn(page);
}

/**
 * Every control shows the value that it was drawn with. This holds on arrival, before any input: it shows no input from
 * another control, or from an earlier showing of the page.
 */
export async function asDrawn(page: Page) {
  const otherwise = () =>
    page.evaluate(() => {
      const asDrawn = (control: Element) => {
        if (control instanceof HTMLSelectElement) {
          const options = [...control.options];
          return control.selectedIndex === Math.max(0, options.findIndex((option) => option.defaultSelected));
        }
        const { value, defaultValue, checked, defaultChecked } = control as HTMLInputElement;
        return value === defaultValue && checked === defaultChecked;
      };
      return [...document.querySelectorAll('input, select, textarea')].filter((control) => !asDrawn(control)).map((control) => control.outerHTML.slice(0, 200));
    });
  await expect.poll(otherwise, { message: `controls of ${page.url()} that show something else than they were drawn with` }).toEqual([]);
}

export async function open(page: Page, path: string) {
  await page.goto(path);
  await hydrated(page);
}

/** The path of the page, once it is the one that a link or a form leads to. */
export async function arrivedAt(page: Page, path: RegExp): Promise<string> {
  await expect(page).toHaveURL((url) => path.test(url.pathname));
  return new URL(page.url()).pathname;
}

/** Follows a link to the page from the one that is shown. */
export async function come(page: Page, path: string) {
  await page.evaluate((href) => {
    const link = Object.assign(document.createElement('a'), { href, textContent: 'there' });
    document.querySelector('main')!.append(link);
    link.click();
    // The next page may be in the same `main`.
    link.remove();
  }, path);
}

/** Nothing is cut off at the side, and the page does not scroll sideways. */
export async function noSidewaysScrolling(page: Page) {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), {
      message: `${page.url()} is wider than the window`,
    })
    .toBeLessThanOrEqual(0);
}

export function heading(page: Page, name: string | RegExp): Locator {
  return page.getByRole('heading', { level: 1, name, exact: typeof name === 'string' });
}

export function wheel(page: Page): Locator {
  return page.getByRole('progressbar', { name: 'Your progress' });
}

export async function wheelShows(page: Page, completed: number, options: { timeout?: number } = {}) {
  await expect(wheel(page)).toHaveAttribute('aria-valuenow', `${Math.floor((completed * 100) / 12)}`, options);
  await expect(wheel(page)).toHaveAttribute('aria-valuetext', `${completed} of 12 modules completed`);
}

/** Marks the document, so that [`isSameDocument`] can tell whether it was ever reloaded. */
export async function markDocument(page: Page) {
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
}

export async function isSameDocument(page: Page) {
  expect(await page.evaluate(() => 'stillHere' in window), 'the page was loaded anew').toBe(true);
}

/** On a phone the links of the header are folded up. */
export async function unfoldMenu(page: Page) {
  const menu = page.locator('.site-menu summary');
  if (await menu.isVisible()) await menu.click();
}

/** The link onward under a page. Its name also contains the arrow after "Next". */
export function next(page: Page, title: string): Locator {
  return page.getByRole('link', { name: /^Next\b/ }).filter({ hasText: title });
}

/**
 * Does what a translating browser does: every text is wrapped in two `font`s from then on, and so is every new one. It
 * leaves alone elements that are marked as not to be translated.
 */
export async function translate(page: Page) {
  await page.evaluate(() => {
    const put = (text: Text) => {
      if (!text.data.trim() || text.parentElement?.closest('script, style, textarea, font, [translate="no"]') !== null) return;
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.textContent = text.data;
      outer.append(inner);
      text.replaceWith(outer);
    };
    const translated = (node: Node) => {
      const texts = [node];
      const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) texts.push(walker.currentNode);
      for (const text of texts) if (text instanceof Text) put(text);
    };
    translated(document.body);
    const watching = new MutationObserver((changes) => {
      for (const { addedNodes } of changes) addedNodes.forEach(translated);
    });
    watching.observe(document.body, { childList: true, subtree: true });
  });
}
