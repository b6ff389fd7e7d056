import type { Locator, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { holds, type Given } from './support/database';
import { SUBMIT, box, onward, question, saved, setPaper, setter, start, turnTo } from './support/exam';
import { tabTo } from './support/keyboard';
import { heading, hydrated, noSidewaysScrolling, open } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// Questions that are looked at: read from a drawing, and answered on one.

const DRAW_UP = 'draw-up-a-volume (Injections, difficulty 1)';
const SYRINGE = 'syringe-of-5-ml-read (Injections, difficulty 1)';
const CUP = 'cup-of-medicine-read (Oral liquids, difficulty 1)';
const CHART = 'observation-chart-pulse (Reading charts and labels, difficulty 1)';

const slider = (page: Page) => page.getByRole('slider', { name: 'Draw up' });
const said = (page: Page) => page.locator('.stimulus .figure .visually-hidden');

function typed(value: string): Given {
  return { response: { number: { typed: value, unit: '' } }, flagged: false };
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];

/** Works out what stands on a scale from the words beside its drawing, as somebody does who hears them. */
async function heard(page: Page, place: RegExp): Promise<string> {
  const words = (await said(page).locator('p').allTextContents()).join(' ');
  const [, numbered, between = '0'] = words.match(/number at each (\d+(?:\.\d+)?)(?: mL)?(?:, and (\d+) lines? between)?/)!;
  const line = Number(numbered) / (Number(between) + 1);
  const [, after, beyond, exact] = words.match(place)!;
  const value = exact === undefined ? Number(beyond) + (ORDINALS.indexOf(after) + 1) * line : Number(exact);
  return `${Number(value.toFixed(2))}`;
}

const ON_SCALE = /stands at (?:the (\w+) line after ([\d.]+) mL|the line of ([\d.]+) mL)/;
const AT_NOON = /12:00: the dot stands at (?:the (\w+) line above ([\d.]+)|the line of ([\d.]+))\./;

async function volume(page: Page): Promise<string> {
  return (await page.locator('.wording').innerText()).match(/Draw up ([\d.]+)\smL/)![1];
}

/** The number of pixels from the top of the drawing to the edge of the plunger. */
async function edge(page: Page): Promise<number> {
  const transform = await page.locator('#plunger').getAttribute('transform');
  return Number(transform!.match(/^translate\(0 (\d+)\)$/)![1]);
}

/** The slider, its words and the plunger say one thing. */
async function stands(page: Page, value: string) {
  await expect(slider(page)).toHaveValue(value);
  const lines = (await slider(page).getAttribute('data-lines'))!.split(';').map((line) => line.split('='));
  const [, transform, words] = lines.find(([volume]) => volume === value)!;
  await expect(slider(page)).toHaveAttribute('aria-valuetext', words);
  await expect(page.locator('#plunger')).toHaveAttribute('transform', transform);
}

async function number(of: Locator, name: string): Promise<number> {
  return Number(await of.getAttribute(name));
}

for (const [name, viewport, hasTouch, student] of [
  ['1280 px', { width: 1280, height: 900 }, false, STUDENTS.figuresWide],
  ['320 px', { width: 320, height: 640 }, true, STUDENTS.figuresNarrow],
] as const) {
  test.describe(name, () => {
    test.use({ viewport, hasTouch });

    test('a syringe is drawn up by keyboard and by pointer, and what is looked at is read, marked and printed', async ({ page, browser }) => {
      const code = `LOOKED${viewport.width}`;
      const setterPage = await setter(browser);
      await setPaper(setterPage, { title: `Looked at, ${name}`, code, calculator: true, questions: [[DRAW_UP, 1], [SYRINGE, 1], [CUP, 1], [CHART, 1]] });
      await setterPage.context().close();
      await signIn(page, student);
      const room = await start(page, code);
      await hydrated(page);
      await question(page, 1, 4);
      // Nothing is drawn up, and nothing is answered.
      await stands(page, '0');
      // However short the screen: the slider stays in sight beside the plunger that it moves.
      await page.setViewportSize({ width: viewport.width, height: 300 });
      await page.locator('.drawn .figure').evaluate((figure) => figure.scrollIntoView({ block: 'start' }));
      await expect(slider(page)).toBeInViewport();
      await page.setViewportSize(viewport);
      await holds(room, [null, null, null, null].map((response) => ({ response, flagged: false })));
      await expect(box(page)).toBeHidden();
      // The line is found on the syringe, and not by a press on the calculator.
      await expect(page.getByText('Use this result')).toBeHidden();
      await accessible(page, 'a syringe to draw up');

      await tabTo(page, slider(page));
      const step = await number(slider(page), 'step');
      for (let line = 1; line <= 3; line += 1) {
        const before = await edge(page);
        await page.keyboard.press('ArrowRight');
        await stands(page, `${Number((line * step).toFixed(2))}`);
        expect(await edge(page)).toBeGreaterThan(before);
      }
      await expect(slider(page)).toBeFocused();

      // Where the box can be seen (in practice after a check with nothing drawn up, and in browsers without `:has`), it
      // shows what the slider says, takes no focus from it, and nothing else can be typed in it.
      await box(page).evaluate((field) => field.style.setProperty('display', 'block', 'important'));
      await page.keyboard.press('ArrowRight');
      const fourth = `${Number((4 * step).toFixed(2))}`;
      await stands(page, fourth);
      await expect(slider(page)).toBeFocused();
      await expect(box(page)).toHaveValue(fourth);
      await expect(box(page)).not.toBeEditable();
      await box(page).evaluate((field) => field.style.removeProperty('display'));
      await expect(box(page)).toBeHidden();

      // Back at nought it looks as at first, and is as at first.
      await page.keyboard.press('Home');
      await stands(page, '0');
      await saved(page);
      await holds(room, [null, null, null, null].map((response) => ({ response, flagged: false })));

      // A press in the middle of the slider is about the middle of the syringe.
      const { width, height } = (await slider(page).boundingBox())!;
      const middle = { x: width / 2, y: height / 2 };
      await (hasTouch ? slider(page).tap({ position: middle }) : slider(page).click({ position: middle }));
      const most = await number(slider(page), 'max');
      await expect.poll(async () => Math.abs(Number(await slider(page).inputValue()) - most / 2)).toBeLessThanOrEqual(step);
      await stands(page, await slider(page).inputValue());

      // To the very volume, line by line.
      const wanted = await volume(page);
      await slider(page).focus();
      const lines = Math.round((Number(wanted) - Number(await slider(page).inputValue())) / step);
      for (let line = 0; line < Math.abs(lines); line += 1) await page.keyboard.press(lines > 0 ? 'ArrowRight' : 'ArrowLeft');
      await stands(page, wanted);
      await saved(page);
      await noSidewaysScrolling(page);

      await turnTo(page, 2, 4);
      await accessible(page, 'a syringe to read');
      const drawing = page.getByRole('img', { name: 'A syringe of 5 mL' });
      await expect(drawing).toBeInViewport();
      const syringe = await heard(page, ON_SCALE);
      await tabTo(page, box(page));
      await page.keyboard.type(syringe);
      await page.keyboard.press('Enter');
      await question(page, 3, 4);
      await accessible(page, 'a medicine cup');
      const cup = await heard(page, ON_SCALE);
      await box(page).fill(cup);
      await turnTo(page, 4, 4);
      await accessible(page, 'an observation chart');
      const pulse = await heard(page, AT_NOON);
      await box(page).fill(pulse);
      await saved(page);
      const given = [wanted, syringe, cup, pulse].map(typed);
      await holds(room, given);

      // The syringe stands as it was left, also in a page that is loaded anew.
      await turnTo(page, 1, 4);
      await stands(page, wanted);
      await page.reload();
      await hydrated(page);
      await question(page, 1, 4);
      await stands(page, wanted);

      await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: 'Review' }).click();
      await expect(page.locator('.review > li').first().locator('.given')).toHaveText(`${wanted} mL`);
      await page.getByRole('button', { name: SUBMIT }).click();
      await expect(heading(page, 'Your answers have been submitted')).toBeVisible();
      await page.getByRole('link', { name: 'See your result' }).click();
      const results = page.locator('.results > li');
      await expect(results).toHaveCount(4);
      await expect(page.locator('.results > li.right')).toHaveCount(4);
      await accessible(page, 'the result of what was looked at');

      // On paper the drawings are there, the right one of the syringe too.
      await page.emulateMedia({ media: 'print' });
      await expect(results.first().locator('svg[role="img"]')).toHaveCount(2);
      for (const drawn of await page.locator('.results svg[role="img"]').all()) await expect(drawn).toBeVisible();
    });
  });
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });

  test('a volume to draw up is typed, beside the syringe', async ({ page, browser }) => {
    const setterPage = await setter(browser);
    await setPaper(setterPage, { title: 'Looked at without scripts', code: 'LOOKEDPLAIN', questions: [[DRAW_UP, 1]] });
    await setterPage.context().close();
    await signIn(page, STUDENTS.figuresPlain);
    const room = await start(page, 'LOOKEDPLAIN');
    await question(page, 1, 1);
    const address = page.url();
    await expect(slider(page)).toBeHidden();
    await expect(page.getByRole('img', { name: /^A syringe of/ })).toBeVisible();
    const wanted = await volume(page);
    await box(page).fill(wanted);
    await onward(page).click();
    await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeVisible();
    await holds(room, [typed(wanted)]);
    await expect(page.locator('.review .given')).toHaveText(`${wanted} mL`);

    // On no line of any syringe: a page with scripts shows it in the box, and does not speak of a slider that is not there.
    await page.goto(address);
    await question(page, 1, 1);
    await box(page).fill('0.05');
    await onward(page).click();
    await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeVisible();
    await holds(room, [typed('0.05')]);
    const signedIn = await page.context().storageState();
    const scripted = await (await browser.newContext({ javaScriptEnabled: true, storageState: signedIn })).newPage();
    await scripted.goto(address);
    await hydrated(scripted);
    await question(scripted, 1, 1);
    await expect(box(scripted)).toHaveValue('0.05');
    await expect(slider(scripted)).toHaveCount(0);
    await expect(scripted.getByText('Move the slider')).toBeHidden();
    await scripted.context().close();
  });
});

test('no word of a fluid chart stands on a line between its columns', async ({ page }) => {
  await signIn(page, 'setter@demo.example');
  await open(page, '/questions?category=fluid-balance');
  await page.getByRole('link', { name: 'Fluid chart more in than out' }).click();
  const chart = page.locator('.figure > svg').first();
  await expect(chart).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  const [between, crossed] = await chart.evaluate((svg) => {
    const lines = [...svg.querySelector('path')!.getAttribute('d')!.matchAll(/M(\d+) 2V/g)].map(([, x]) => Number(x));
    const on = [...svg.querySelectorAll('text')].filter((text) => {
      const { x, width } = text.getBBox();
      return lines.some((line) => x < line && line < x + width);
    });
    return [lines.length, on.map((text) => text.textContent)] as const;
  });
  expect(between).toBe(3);
  expect(crossed).toEqual([]);
});
