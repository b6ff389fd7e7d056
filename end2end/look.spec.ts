import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { courseTitle, modules, pageWith } from './support/content';
import { demo } from './support/database';
import { heading, hydrated, isSameDocument, markDocument, noSidewaysScrolling, open, unfoldMenu } from './support/page';
import { COHORT, LEAD, STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';

// The look: the colours and the size of text that a person chooses, the letters, the header of a phone, and two columns where there is room.

const [module] = modules;
const LIGHT = 'rgb(255, 255, 255)';
const DARK = 'rgb(19, 26, 32)';

function ground(page: Page) {
  return expect(page.locator('html'));
}

async function choose(page: Page, colours: string, size: string) {
  await page.getByRole('group', { name: 'Colours' }).getByLabel(colours, { exact: true }).check();
  await page.getByRole('group', { name: 'Text size' }).getByLabel(size, { exact: true }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved. All pages look like this in this browser.' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Colours' }).getByLabel(colours, { exact: true })).toBeChecked();
  await expect(page.getByRole('group', { name: 'Text size' }).getByLabel(size, { exact: true })).toBeChecked();
}

for (const [how, javaScriptEnabled, student] of [
  ['with scripts', true, STUDENTS.looks],
  ['without scripts', false, STUDENTS.looksPlain],
] as const) {
  test(`colours and text size are chosen without being signed in, and stay on every page, ${how}`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled, colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto('/');
    await ground(page).toHaveCSS('background-color', LIGHT);
    await page.getByRole('complementary', { name: 'Help' }).getByRole('link', { name: 'Colours and text size' }).click();
    await expect(heading(page, 'Colours and text size')).toBeVisible();
    await choose(page, 'Dark', 'Larger');
    await ground(page).toHaveCSS('background-color', DARK);
    // 144 % of what browsers begin with.
    await ground(page).toHaveCSS('font-size', '23.04px');
    await noSidewaysScrolling(page);

    await signIn(page, student);
    if (javaScriptEnabled) {
      await hydrated(page);
      await markDocument(page);
    }
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'My courses' }).click();
    await expect(heading(page, 'My courses')).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: courseTitle, exact: true }).click();
    await expect(heading(page, courseTitle)).toBeVisible();
    if (javaScriptEnabled) await isSameDocument(page);
    await ground(page).toHaveCSS('background-color', DARK);
    await ground(page).toHaveCSS('font-size', '23.04px');
    // Paper is white, whatever the screen is.
    await page.emulateMedia({ media: 'print' });
    await ground(page).toHaveCSS('background-color', LIGHT);
    await page.emulateMedia({ media: 'screen' });

    // What a person chooses counts more than what their device says.
    await page.goto('/display');
    await choose(page, 'Light', 'Large');
    await page.emulateMedia({ colorScheme: 'dark' });
    await ground(page).toHaveCSS('background-color', LIGHT);
    await ground(page).toHaveCSS('font-size', '19.52px');
    await choose(page, 'As this device is set', 'Normal');
    await ground(page).toHaveCSS('background-color', DARK);
    await ground(page).toHaveCSS('font-size', '17px');
    expect((await context.cookies()).map(({ name }) => name)).not.toContain('display');
    await context.close();
  });

  test(`the header of a phone is one line, and its links unfold, ${how}`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 320, height: 640 } });
    const page = await context.newPage();
    await signIn(page, student);
    if (javaScriptEnabled) await hydrated(page);
    const height = async () => (await page.getByRole('banner').boundingBox())!.height;
    const links = page.getByRole('navigation', { name: 'Site' });
    expect(await height()).toBeLessThan(70);
    await expect(links).toBeHidden();
    await unfoldMenu(page);
    await expect(links.getByRole('button', { name: 'Sign out' })).toBeVisible();
    await noSidewaysScrolling(page);
    if (javaScriptEnabled) await accessible(page, 'the start, with its menu unfolded');
    await links.getByRole('link', { name: 'Assessments' }).click();
    await expect(heading(page, 'Assessments')).toBeVisible();
    // The next page begins folded.
    await expect(links).toBeHidden();
    expect(await height()).toBeLessThan(70);
    await page.setViewportSize({ width: 1280, height: 900 });
    await expect(links).toBeVisible();
    await expect(page.locator('.site-menu')).toBeHidden();
    expect(await height()).toBeLessThan(70);
    await context.close();
  });
}

test('the letters are our own, and hardly anything moves when they arrive', async ({ page }) => {
  await page.addInitScript(() => {
    const seen = Object.assign(window, { moved: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.moved += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/fonts/*', async (route) => {
    await held;
    await route.continue();
  });
  // A document counts as loaded only with its letters.
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
  const there = () => page.evaluate(() => [...document.fonts].some(({ family, status }) => family.includes('Atkinson Hyperlegible') && status === 'loaded'));
  expect(await there()).toBe(false);
  arrive();
  await expect.poll(there).toBe(true);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  // What browsers call good.
  expect(await page.evaluate(() => (window as unknown as { moved: number }).moved)).toBeLessThan(0.1);
});

test('text keeps the length of its lines, with what helps beside it where there is room', async ({ page }) => {
  await signIn(page, STUDENTS.looks);
  const place = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
  for (const [path, text, beside] of [
    [`/learn/nmp/${module.slug}/${module.pages[0].slug}`, 'article.prose', '.for-myself'],
    [`/learn/nmp/${module.slug}`, '#module', '.competencies'],
  ]) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await open(page, path);
    const [left, right] = [await place(text), await place(beside)];
    expect(right.x, `beside the text on ${path}`).toBeGreaterThanOrEqual(left.x + left.width);
    expect(right.y, `not under the text on ${path}`).toBeLessThan(left.y + left.height);
    await noSidewaysScrolling(page);
    await page.setViewportSize({ width: 800, height: 900 });
    const [above, under] = [await place(text), await place(beside)];
    expect(under.y, `under the text on ${path}`).toBeGreaterThanOrEqual(above.y + above.height);
  }
});

test('what stands below a list or a button keeps its distance', async ({ page }) => {
  await signIn(page, LEAD);
  const organisation = `/organisation/${demo('slug')}`;
  for (const path of [organisation, `${organisation}/uploads`, '/zone/north-prescribers', '/zone/north-prescribers/leave']) {
    await open(page, path);
    const below = page.getByRole('main').locator(':is(ul, ol, dl) + :is(p, form):visible, .button + p:visible');
    const distances = await below.evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect().top - one.previousElementSibling!.getBoundingClientRect().bottom),
    );
    expect(distances.length, path).toBeGreaterThan(0);
    expect(Math.min(...distances), path).toBeGreaterThanOrEqual(15);
  }
});

test('the cells of a row stand on one line, whatever is in them', async ({ page }) => {
  await signIn(page, TUTOR);
  await open(page, '/cohorts');
  await page.getByRole('link', { name: COHORT }).click();
  await expect(page.locator('table.students')).toBeVisible();
  const cells = page.locator('table.students').locator('tbody tr:first-child > *');
  const aligned = await cells.evaluateAll((all) => all.map((cell) => getComputedStyle(cell).verticalAlign));
  expect(new Set(aligned)).toEqual(new Set(['baseline']));
});

test('on a phone only the title of a course stands beside its wheel, and the rest has the width of the card', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await signIn(page, STUDENTS.looks);
  await open(page, '/learn');
  const place = async (part: string) => (await page.locator(`.card.with-wheel${part}`).first().boundingBox())!;
  const [card, title, wheel, words] = [await place(''), await place(' h2'), await place(' .wheel'), await place(' .hint')];
  expect(title.x + title.width).toBeLessThanOrEqual(wheel.x);
  expect(words.x + words.width).toBeGreaterThan(wheel.x + wheel.width / 2);
  expect(words.y).toBeGreaterThanOrEqual(wheel.y + wheel.height);
  expect(card.x + card.width).toBeGreaterThanOrEqual(wheel.x + wheel.width);
});

test('in the largest text no page is wider than a phone, and no word lies under a wheel', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await signIn(page, STUDENTS.looks);
  await open(page, '/display');
  await choose(page, 'As this device is set', 'Larger');
  for (const path of ['/', '/learn', '/learn/nmp', '/learn/nmp/pharmacokinetics', '/learn/nmp/pharmacokinetics/clearance-and-half-life', '/learn/record', '/assessments', '/account/reminders']) {
    await open(page, path);
    await noSidewaysScrolling(page);
    const beyond = await page.getByRole('main').locator('p').evaluateAll((all) =>
      all.filter((words) => words.clientWidth > 1 && words.scrollWidth > words.clientWidth).map((words) => words.textContent),
    );
    expect(beyond, path).toEqual([]);
  }
  await open(page, '/learn');
  const title = (await page.locator('.card.with-wheel h2').first().boundingBox())!;
  // The words, which may be wider than their heading.
  const wide = await page.locator('.card.with-wheel h2').first().evaluate((heading) => heading.scrollWidth);
  const wheel = (await page.locator('.card.with-wheel .wheel svg').first().boundingBox())!;
  expect(title.x + Math.max(title.width, wide)).toBeLessThanOrEqual(wheel.x);
});

test('what visitors are told stands in one row where there is room, and in one column on a phone', async ({ page }) => {
  await open(page, '/');
  const places = async () => Promise.all((await page.locator('.hero + .cards > *').all()).map(async (card) => (await card.boundingBox())!));
  const wide = await places();
  expect(wide.length).toBe(3);
  expect(new Set(wide.map(({ y }) => y)).size).toBe(1);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(new Set((await places()).map(({ x }) => x)).size).toBe(1);
});

test('what is said beside a button stands at the height of its middle', async ({ page }) => {
  await signIn(page, STUDENTS.looks);
  await open(page, '/assessments/practice');
  const beside = page.locator('form.actions');
  const middle = async (part: string) => {
    const { y, height } = (await beside.locator(part).boundingBox())!;
    return y + height / 2;
  };
  expect(Math.abs((await middle('button')) - (await middle('.hint')))).toBeLessThan(3);
});

test('lists of sentences show where each begins', async ({ page }) => {
  await signIn(page, STUDENTS.looks);
  for (const path of ['/privacy', '/offline', '/account/withdraw', '/help']) {
    await open(page, path);
    const lists = await page.getByRole('main').locator('ul').all();
    expect(lists.length, path).toBeGreaterThan(0);
    for (const list of lists) await expect(list).toHaveCSS('list-style-type', 'disc');
  }
});

test.describe('in the dark', () => {
  test.use({ colorScheme: 'dark' });

  test('axe finds nothing, and drawings lie on white', async ({ page, browser }) => {
    for (const [path, state] of [['/', 'the start'], ['/sign-in', 'signing in'], ['/display', 'colours and text size'], ['/zone', 'the areas of the Zone']]) {
      await open(page, path);
      await ground(page).toHaveCSS('background-color', DARK);
      await accessible(page, `${state}, signed out, in the dark`);
    }
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await accessible(page, 'signing in, with errors, in the dark');

    await signIn(page, STUDENTS.looksDark);
    const paths = ['/', '/learn', '/learn/nmp', `/learn/nmp/${module.slug}`, pageWith(/^\|/m), pageWith(/^!\[/m), `/learn/nmp/${module.slug}/check`];
    for (const path of [...paths, '/learn/nmp/glossary', '/learn/record', '/account', '/assessments', '/assessments/practice']) {
      await open(page, path);
      await accessible(page, `${path}, in the dark`);
    }
    await open(page, pageWith(/^!\[/m));
    await expect(page.locator('.prose img').first()).toHaveCSS('background-color', LIGHT);
    await page.locator('.wheel summary').click();
    await expect(page.locator('.wheel li').last()).toBeVisible();
    await accessible(page, 'the wheel, opened, in the dark');

    const tutors = await (await browser.newContext({ colorScheme: 'dark' })).newPage();
    await signIn(tutors, TUTOR);
    await open(tutors, '/cohorts');
    await tutors.getByRole('link', { name: COHORT }).click();
    await expect(tutors.locator('table.students')).toBeVisible();
    await hydrated(tutors);
    await accessible(tutors, 'a cohort, in the dark');
    await tutors.context().close();
  });
});
