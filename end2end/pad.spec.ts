import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { holds } from './support/database';
import { box, onward, question, saved, setPaper, setter, start, turnTo } from './support/exam';
import { tabTo } from './support/keyboard';
import { hydrated, noSidewaysScrolling, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// Typing a number where people tap, and the calculator that is in a file of its own.

/** The unit is typed. */
const LIQUID = 'oral-liquid-volume (Oral liquids, difficulty 1)';
/** The unit is chosen from a list. */
const RATE = 'insulin-fixed-rate (Doses in units, difficulty 2)';

const number = (typed: string, unit = '') => ({ response: { number: { typed, unit } }, flagged: false });
const NOTHING = { response: null, flagged: false };

function key(page: Page, name: string) {
  return page.locator('.keys').getByRole('button', { name, exact: true });
}

const SIGN = '± change the sign';
const POINT = '. decimal point';

const PHONE = { hasTouch: true, isMobile: true, viewport: { width: 320, height: 640 } };

test.describe('on a phone', () => {
  test.use(PHONE);

  test('a number gets its point, its sign and its unit by keys at the caret, and is there after a reload', async ({ page, browser }) => {
    const setterPage = await setter(browser);
    await setPaper(setterPage, { title: 'By keys', code: 'BYKEYS1', questions: [[LIQUID, 1], [RATE, 1]] });
    await setterPage.context().close();
    await signIn(page, STUDENTS.padTaps);
    const room = await start(page, 'BYKEYS1');
    await open(page, room);
    await question(page, 1, 2);
    // Figures first, because the usual units are keys.
    await expect(box(page)).toHaveAttribute('inputmode', 'decimal');
    await noSidewaysScrolling(page);
    await accessible(page, 'a number with keys on a phone');
    for (const button of await page.locator('.keys button').all()) {
      const { width, height } = (await button.boundingBox())!;
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
      // Two taps are two figures, and enlarge nothing.
      await expect(button).toHaveCSS('touch-action', 'manipulation');
    }

    await box(page).tap();
    await page.keyboard.type('25');
    await page.keyboard.press('ArrowLeft');
    await key(page, POINT).tap();
    await expect(box(page)).toHaveValue('2.5');
    await expect(box(page)).toBeFocused();
    // The caret is behind the point.
    await page.keyboard.type('7');
    await expect(box(page)).toHaveValue('2.75');
    await key(page, 'mg').tap();
    await expect(box(page)).toHaveValue('2.75 mg');
    // And behind the number, which can go on.
    await page.keyboard.press('Backspace');
    await key(page, 'mL').tap();
    await expect(box(page)).toHaveValue('2.7 mL');
    await key(page, SIGN).tap();
    await expect(box(page)).toHaveValue('-2.7 mL');
    await expect(box(page)).toBeFocused();
    // The number can go on there too.
    await page.keyboard.type('5');
    await expect(box(page)).toHaveValue('-2.75 mL');
    await page.keyboard.press('Backspace');
    // With the focus of a keyboard a key is read in the dark too: dark on yellow.
    await page.emulateMedia({ colorScheme: 'dark' });
    await key(page, POINT).focus();
    await expect(key(page, POINT)).toHaveCSS('background-color', 'rgb(255, 221, 0)');
    await expect(key(page, POINT)).toHaveCSS('color', 'rgb(29, 42, 51)');
    await page.emulateMedia({ colorScheme: 'light' });
    await saved(page);
    await holds(room, [number('-2.7 mL'), NOTHING]);
    await key(page, SIGN).tap();
    await expect(box(page)).toHaveValue('2.7 mL');

    // Letters, for any other unit; and figures again.
    await key(page, 'abc letters or figures on the keyboard').tap();
    await expect(box(page)).toHaveAttribute('inputmode', 'text');
    await expect(box(page)).toHaveValue('2.7 mL');
    await key(page, 'abc letters or figures on the keyboard').tap();
    await expect(box(page)).toHaveAttribute('inputmode', 'decimal');
    await holds(room, [number('2.7 mL'), NOTHING]);

    await turnTo(page, 2, 2);
    await expect(page.locator('.keys button')).toHaveCount(2);
    const unit = page.getByLabel('Unit', { exact: true });
    expect((await unit.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await noSidewaysScrolling(page);
    await box(page).tap();
    await page.keyboard.type('2');
    await key(page, POINT).tap();
    await page.keyboard.type('5');
    await key(page, SIGN).tap();
    await expect(box(page)).toHaveValue('-2.5');
    await unit.selectOption('mL/hour');
    await saved(page);
    await holds(room, [number('2.7 mL'), number('-2.5', 'mL/hour')]);

    await page.reload();
    await hydrated(page);
    await question(page, 1, 2);
    await expect(box(page)).toHaveValue('2.7 mL');
    await turnTo(page, 2, 2);
    await expect(box(page)).toHaveValue('-2.5');
    await expect(unit).toHaveValue('mL/hour');
    // No caret can be seen in it: a key types at the end, and not before what was stored.
    await key(page, POINT).tap();
    await expect(box(page)).toHaveValue('-2.5.');
    await page.keyboard.press('Backspace');
    await expect(box(page)).toHaveValue('-2.5');

    // With a mouse there are no keys, and without scripts neither: a keyboard with letters is there.
    for (const how of [{ viewport: { width: 1280, height: 900 }, hasTouch: false, isMobile: false }, { ...PHONE, javaScriptEnabled: false }]) {
      const context = await browser.newContext(how);
      const other = await context.newPage();
      await signIn(other, STUDENTS.padTaps);
      await other.goto(room);
      if (!('javaScriptEnabled' in how)) await hydrated(other);
      await question(other, 1, 2);
      await expect(box(other)).toBeVisible();
      await expect(box(other)).toHaveAttribute('inputmode', 'text');
      await expect(other.locator('.keys')).toBeHidden();
      await context.close();
    }
  });
});

test('a room without the file of its calculator says so and is whole, and the file takes nothing away when it arrives', async ({ page, context, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Without its file', code: 'NOFILE1', calculator: true, questions: [[LIQUID, 2]] });
  await setterPage.context().close();
  const file = '**/area_calculator.*.wasm';
  const cut = () => page.route(file, (route) => route.abort());
  await signIn(page, STUDENTS.padCutOff);
  await cut();
  const room = await start(page, 'NOFILE1');
  await hydrated(page);
  await question(page, 1, 2);
  const told = page.locator('.calculator').getByRole('status');
  await expect(told).toHaveText('The calculator cannot be loaded. Everything else works without it.');
  await accessible(page, 'a room without its calculator');
  await box(page).fill('3 mL');
  await saved(page);
  await onward(page).click();
  await question(page, 2, 2);
  await box(page).fill('4 mL');
  await saved(page);
  await holds(room, [number('3 mL'), number('4 mL')]);

  // Asked for again, in vain and then with success. The focus stays at the calculator.
  const again = page.getByRole('button', { name: 'Try again' });
  await tabTo(page, again);
  const asked = page.waitForRequest(file);
  await page.keyboard.press('Enter');
  await asked;
  await expect(told).toHaveText('The calculator cannot be loaded. Everything else works without it.');
  await expect(again).toBeFocused();
  await page.unroute(file);
  await page.keyboard.press('Enter');
  await expect(page.locator('.calculator > summary')).toBeFocused();
  await expect(page.locator('.pad .display')).toHaveText('0');
  for (const button of await page.locator('.pad button').all()) await expect(button).toHaveCSS('touch-action', 'manipulation');

  // With the network it comes by itself, and neither the focus nor what is being typed goes.
  await cut();
  await open(page, room);
  await expect(told).toHaveText('The calculator cannot be loaded. Everything else works without it.');
  await box(page).fill('');
  await page.keyboard.type('7.');
  await page.unroute(file);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(page.locator('.pad .display')).toHaveText('0');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type('5 mL');
  await expect(box(page)).toHaveValue('7.5 mL');
  await saved(page);

  // It was fetched on entry: it goes on without a network.
  await context.setOffline(true);
  for (const name of ['9', 'divided by', '4', 'equals']) await page.getByRole('button', { name, exact: true }).click();
  // The key that sets the size of the page is no key of the calculator.
  await page.keyboard.press('Control+0');
  await expect(page.locator('.pad .display')).toHaveText('2.25');
  await page.getByRole('button', { name: 'Use this result' }).click();
  await expect(box(page)).toHaveValue('2.25 mL');
  await context.setOffline(false);
  await holds(room, [number('2.25 mL'), number('4 mL')]);
});
