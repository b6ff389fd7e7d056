import type { Page } from '@playwright/test';
import { answer, asked, input } from './support/check';
import { ownTime, timeStands } from './support/clock';
import { courseTitle, modules, pageWith } from './support/content';
import { demo } from './support/database';
import { PAPER, SETTER, box, home, question, saved, setPaper, setter, start } from './support/exam';
import { arrivedAt, come, heading, hydrated, isSameDocument, markDocument, next, open } from './support/page';
import { STUDENTS, TUTOR, onAnotherDevice, signIn } from './support/people';
import { expect, test } from './support/test';
import { watch } from './support/watch';

// From the first page on nothing is loaded as a document, and navigation gives the same as a page load: the title, the
// focus, the place on the page, and Back.

const [module] = modules;
const [first, second] = module.pages;

/** Escapes it for a pattern. */
function plain(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

async function arrives(page: Page, name: string) {
  await expect(heading(page, name)).toBeFocused();
  await expect(page).toHaveTitle(new RegExp(`^${plain(name)}`));
}

/** The answers stored on this device have been sent. */
async function nothingLeft(page: Page, prefix: string) {
  const left = () => page.evaluate((prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)), prefix);
  await expect.poll(left).toEqual([]);
}

test('links change the page without loading a document, and back and forward do', async ({ page }) => {
  const { faults } = await watch(page);
  await signIn(page, STUDENTS.goesAbout);
  await open(page, '/learn');
  await markDocument(page);
  await page.getByRole('link', { name: courseTitle }).click();
  await arrives(page, courseTitle);
  await expect(page).toHaveURL(/\/learn\/nmp$/);
  await page.getByRole('link', { name: module.title, exact: true }).last().click();
  await arrives(page, module.title);
  await page.getByRole('link', { name: first.title }).first().click();
  await arrives(page, first.title);
  await next(page, second.title).click();
  await arrives(page, second.title);
  await expect(page).toHaveURL(new RegExp(`/${second.slug}$`));
  await page.goBack();
  await arrives(page, first.title);
  await page.goForward();
  await arrives(page, second.title);
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Assessments' }).click();
  await arrives(page, 'Assessments');
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Account' }).click();
  await arrives(page, 'Your account');
  await isSameDocument(page);
  expect(faults).toEqual([]);
});

test('the page stays until the next one is there, with a line at the top when that takes a moment', async ({ page }) => {
  await signIn(page, STUDENTS.goesLate);
  await ownTime(page);
  await open(page, '/learn/nmp');
  await markDocument(page);
  const line = page.locator('.progress-line');
  // From a page of another kind, and of the same kind.
  for (const { from, to } of [
    { from: courseTitle, to: module },
    { from: module.title, to: modules[1] },
  ]) {
    let go = () => {};
    const held = new Promise<void>((release) => (go = release));
    await page.route('**/api/learning/load_module', async (route) => {
      await held;
      await route.continue();
    });
    await timeStands(page);
    const isAsked = page.waitForRequest('**/api/learning/load_module');
    await come(page, `/learn/nmp/${to.slug}`);
    await isAsked;
    await page.clock.runFor(149);
    await expect(line, 'there is no notice of a page that arrives quickly').toBeHidden();
    await page.clock.runFor(1);
    await expect(line).toBeVisible();
    await expect(heading(page, from)).toBeVisible();
    await expect(page.locator('h1')).toHaveCount(1);
    await expect(page).toHaveTitle(new RegExp(`^${plain(from)}`));
    go();
    await expect(heading(page, to.title)).toBeVisible();
    await page.clock.resume();
    await arrives(page, to.title);
    await expect(page).toHaveURL(new RegExp(`/learn/nmp/${to.slug}$`));
    await expect(line).toBeHidden();
    await page.unroute('**/api/learning/load_module');
  }
  await isSameDocument(page);
});

test('Back restores the place on the page', async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 400 });
  await signIn(page, STUDENTS.comesBack);
  await open(page, '/learn/nmp');
  await markDocument(page);
  const last = page.locator('.task-list').getByRole('link', { name: modules[8].title, exact: true });
  await last.scrollIntoViewIfNeeded();
  const down = () => page.evaluate(() => Math.round(window.scrollY));
  await expect.poll(down).toBeGreaterThan(200);
  const before = await down();
  await last.click();
  await arrives(page, modules[8].title);
  expect(await down(), 'a new page begins at its top').toBe(0);
  await page.goBack();
  await arrives(page, courseTitle);
  await expect.poll(down).toBe(before);
  await isSameDocument(page);
});

test('Back to every kind of page restores its place, its title and the focus on its heading', async ({ page, browser }) => {
  const kinds: [string, string[]][] = [
    [STUDENTS.comesBackToAll, ['/learn', '/learn/nmp', `/learn/nmp/${module.slug}`, `/learn/nmp/${module.slug}/${first.slug}`, `/learn/nmp/${module.slug}/check`, '/assessments', '/assessments/practice']],
    [TUTOR, ['/cohorts', `/cohorts/${demo('cohort')}`]],
    [SETTER, ['/assessments/papers', `/assessments/papers/${demo('sat')}`, `/assessments/papers/${demo('sat')}/results`, `/assessments/papers/${demo('sat')}/sittings/${demo('sitting')}`]],
  ];
  for (const [who, paths] of kinds) {
    const page = await (await browser.newContext({ viewport: { width: 500, height: 300 } })).newPage();
    const { faults } = await watch(page);
    await signIn(page, who);
    await open(page, '/account');
    await markDocument(page);
    for (const path of paths) {
      await come(page, path);
      await expect(page).toHaveURL(new RegExp(`${path}$`));
      await expect(page.locator('h1')).toBeFocused();
      const title = await page.title();
      const down = () => page.evaluate(() => Math.round(window.scrollY));
      // Not to the end: live parts may become shorter.
      await page.mouse.wheel(0, 120);
      await expect.poll(down, path).toBeGreaterThan(0);
      await expect.poll(async () => (await down()) === (await page.evaluate(() => history.state)), 'it is written down').toBe(true);
      const before = await down();
      await come(page, '/account');
      await arrives(page, 'Your account');
      expect(await down()).toBe(0);
      await page.goBack();
      await expect(page.locator('h1')).toBeFocused();
      await expect(page).toHaveTitle(title);
      await expect.poll(down, `the place on ${path}`).toBe(before);
      await isSameDocument(page);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  }
  await page.close();
});

test('the browser handles everything that is not a link to our pages', async ({ page, browser }) => {
  await signIn(page, STUDENTS.goesAbout);
  const outside = /\]\((https:\/\/[^)]+)\)/;
  const path = pageWith(outside);
  await open(page, path);
  await markDocument(page);
  // The skip link moves the focus, and nothing else.
  await page.locator('.skip-link').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await expect(page).toHaveURL(new RegExp(`${path}#main$`));
  await isSameDocument(page);
  await page.route(/^https:/, (route) => route.fulfill({ body: 'elsewhere' }));
  await page.locator('.prose a[href^="https://"]').first().click();
  await expect(page.getByText('elsewhere')).toBeVisible();
  await page.goBack();
  await expect(page.locator('h1')).toBeVisible();
  await hydrated(page);

  // The browser handles a second tab.
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'My courses' }).click({ modifiers: ['ControlOrMeta'] }),
  ]);
  await expect(heading(tab, 'My courses')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(path));
  await tab.close();

  const setterPage = await setter(browser);
  await open(setterPage, '/assessments/papers');
  await come(setterPage, `/assessments/papers/${demo('sat')}/results`);
  await expect(setterPage.locator('h1')).toBeFocused();
  await markDocument(setterPage);
  const [file] = await Promise.all([setterPage.waitForEvent('download'), setterPage.locator('a[href*="results.csv"]').click()]);
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  await isSameDocument(setterPage);
  await setterPage.context().close();
});

test('an unknown address says so, and back leads away from it', async ({ page }) => {
  await signIn(page, STUDENTS.goesAbout);
  await open(page, '/learn/nmp');
  const follow = (href: string) =>
    page.evaluate((href) => {
      const link = Object.assign(document.createElement('a'), { href, textContent: 'somewhere' });
      document.querySelector('main')!.append(link);
      link.click();
    }, href);
  for (const nowhere of ['/learn/nowhere', '/nowhere/at/all']) {
    await follow(nowhere);
    await expect(heading(page, 'Page not found')).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`${nowhere}$`));
    await page.goBack();
    await expect(heading(page, courseTitle)).toBeVisible();
    await hydrated(page);
  }
});

test('a person who was signed out meanwhile signs in, and goes on to the requested page', async ({ page, browser }) => {
  await signIn(page, STUDENTS.signedOutMeanwhile);
  await open(page, '/learn/nmp');
  const { page: device, context: other } = await onAnotherDevice(browser, STUDENTS.signedOutMeanwhile, '/account');
  await device.locator('.devices').getByRole('button', { name: /^Sign out / }).click();
  await expect(device.getByRole('status')).toHaveText('The device has been signed out.');
  await page.locator('.task-list').getByRole('link', { name: module.title, exact: true }).click();
  await expect(heading(page, 'Sign in')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/sign-in\\?next=${encodeURIComponent(`/learn/nmp/${module.slug}`)}$`));
  await other.close();
});

test('a check that is left by a link keeps its answers, and a second visit sends each once', async ({ page }) => {
  const { faults } = await watch(page);
  await signIn(page, STUDENTS.leavesCheck);
  await open(page, `/learn/nmp/${module.slug}`);
  await markDocument(page);
  const check = page.locator('.contents').getByRole('link', { name: 'Knowledge check' });
  await check.click();
  await expect(heading(page, 'Knowledge check')).toBeFocused();
  const [one, two, three] = await asked(page, module);
  await answer(page, one, one.right);
  // At once, before anything was sent.
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: module.title }).click();
  await arrives(page, module.title);
  await nothingLeft(page, 'check:');
  // The current state, and not that at the time of the request.
  await expect(page.locator('.contents')).toContainText('1 answer kept');
  await page.goBack();
  await expect(heading(page, 'Knowledge check')).toBeFocused();
  await answer(page, three, three.right);
  await page.goBack();
  await arrives(page, module.title);
  await expect(page.locator('.contents')).toContainText('2 answers kept');
  await nothingLeft(page, 'check:');
  await check.click();
  await expect(heading(page, 'Knowledge check')).toBeFocused();
  const given = one.kind === 'number' ? input(page, one) : input(page, one, one.right[0]);
  if (one.kind === 'number') await expect(given).toHaveValue(one.right[0]);
  else await expect(given).toBeChecked();
  let calls = 0;
  page.on('request', (request) => (calls += Number(request.url().endsWith('/save_check'))));
  await answer(page, two, two.right);
  await expect(page.locator('#kept')).toHaveText('Saved. You can go on later, on any device.');
  // A multiple choice is several changes, which may be sent one by one; a second keeper would send each again.
  expect(calls).toBeLessThanOrEqual(two.right.length);
  await isSameDocument(page);
  expect(faults).toEqual([]);
});

test('an exam room that is left by a link keeps and sends unsent answers, and ends with its page', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  await setPaper(setterPage, { title: 'Left by a link', code: 'LEFTBYLINK1', minutes: 60 });
  await setterPage.context().close();
  const { faults } = await watch(page);
  await signIn(page, STUDENTS.leavesRoom);
  const room = await start(page, 'LEFTBYLINK1');
  await hydrated(page);
  await question(page, 1, 3);
  await box(page).fill('12');
  await home(page).click();
  await expect(heading(page, /^Hello, /)).toBeFocused();
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Assessments' }).click();
  await expect(heading(page, 'Assessments')).toBeFocused();
  await nothingLeft(page, 'room:');
  // A surviving timer would read disposed signals every second.
  const clock = await page.evaluate(() => performance.now());
  await page.waitForFunction((since) => performance.now() > since + 2500, clock);
  expect(faults).toEqual([]);
  const epochs: string[] = [];
  page.on('request', (request) => request.url().endsWith('/begin_epoch') && epochs.push(request.url()));
  await page.getByRole('link', { name: 'Left by a link' }).first().click();
  await expect(page).toHaveURL(new RegExp(`${room}$`));
  await hydrated(page);
  await question(page, 1, 3);
  await expect(box(page)).toHaveValue('12');
  await box(page).fill('13');
  await saved(page);
  expect(epochs).toHaveLength(1);
  expect(faults).toEqual([]);
});

test('a file that fails to load is requested again, and the page is shown all the same', async ({ page }) => {
  await signIn(page, STUDENTS.lacksFiles);
  await open(page, '/learn');
  // All files fetched from here on except the first: those of the areas.
  await page.route('**/pkg/**/*.wasm', (route) => (/learning\.[^/]*\.wasm/.test(route.request().url()) ? route.continue() : route.abort()));
  await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Assessments' }).click();
  // The page arrives as a document, and its links work.
  await expect(heading(page, 'Assessments')).toBeVisible();
  await page.getByRole('link', { name: 'Practise' }).click();
  await expect(heading(page, 'Practice')).toBeVisible();
  await expect(page.locator('html[data-hydrated]')).not.toBeAttached();
  await page.unroute('**/pkg/**/*.wasm');
  await hydrated(page);
});

test('a tab of another build than its server loads its next page as a document', async ({ page }) => {
  await signIn(page, STUDENTS.goesAbout);
  await page.route('**/live*', (route) => route.fulfill({ contentType: 'text/event-stream', body: 'id: another\ndata: changed\n\n' }));
  const heard = page.waitForRequest('**/api/learning/load_progress');
  await open(page, '/learn/nmp');
  await markDocument(page);
  await heard;
  // Everything that is not a link still works.
  await page.locator('.wheel summary').click();
  await expect(page.locator('.wheel li').last()).toBeVisible();
  await page.locator('.task-list').getByRole('link', { name: module.title, exact: true }).click();
  await expect(heading(page, module.title)).toBeVisible();
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(false);
});

test('a form drawn from an older state is redrawn beside the current one, with the typed values', async ({ browser }) => {
  const one = await setter(browser);
  await open(one, '/assessments/papers');
  await one.getByLabel('Title', { exact: true }).fill('In two windows');
  await one.getByLabel('Mock paper').check();
  await one.getByRole('button', { name: 'Create a draft' }).click();
  await expect(heading(one, 'In two windows')).toBeVisible();
  const draft = await arrivedAt(one, PAPER);
  const other = await one.context().newPage();
  const { faults } = await watch(other);
  const emails = (page: Page) => page.getByLabel('Learners by e-mail address (optional)');
  const save = (page: Page) => page.getByRole('button', { name: 'Save the candidates' });
  for (const page of [one, other]) {
    await open(page, `${draft}/candidates`);
    await markDocument(page);
  }
  await emails(one).fill('first@demo.example');
  await save(one).click();
  await arrivedAt(one, PAPER);
  await emails(other).fill('second@demo.example');
  await save(other).click();
  const stands = other.locator('#changed');
  await expect(stands).toContainText(/Learners by e-mail address\s*1/);
  const listed = (page: Page, email: string) => page.getByRole('checkbox', { name: `Choose ${email}` });
  await expect(listed(other, 'first@demo.example')).toBeVisible();
  await expect(other.getByRole('alert')).toContainText('Somebody changed this meanwhile');
  await expect(other.getByRole('alert')).toBeFocused();
  await expect(other).toHaveTitle(/^Error: /);
  await expect(other).toHaveURL(new RegExp(`${draft}/candidates$`));
  await expect(emails(other)).toHaveValue('second@demo.example');
  // Saving it again is deliberate.
  await save(other).click();
  await arrivedAt(other, PAPER);
  await isSameDocument(other);
  // The server's refusal of the first try is not a fault.
  expect(faults.filter((fault) => !/save_candidates( |$)/.test(fault))).toEqual([]);
  await open(one, `${draft}/candidates`);
  await expect(emails(one)).toHaveValue('');
  for (const email of ['first@demo.example', 'second@demo.example']) await expect(listed(one, email)).toBeVisible();
  await one.context().close();
});
