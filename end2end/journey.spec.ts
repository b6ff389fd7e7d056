import type { Page } from '@playwright/test';
import { answer, answerAll, asked, isEmpty, stands, submit, toldWhy } from './support/check';
import { courseTitle, modules } from './support/content';
import { heading, hydrated, isSameDocument, markDocument, next, noSidewaysScrolling, open, unfoldMenu, wheelShows } from './support/page';
import { COHORT, STUDENTS, TUTOR, onAnotherDevice, signIn, tryToSignIn } from './support/people';
import { expect, test } from './support/test';
import { watch } from './support/watch';

// The main journey of a student (P3, P4, P5): every device shows the actions of the others without a reload.

const [module] = modules;
const [first, second, ...rest] = module.pages;

/** The page has its title, fits the window, and is ready for the next click. */
async function arrived(page: Page, name: string | RegExp) {
  await expect(heading(page, name)).toBeVisible();
  await hydrated(page);
  await noSidewaysScrolling(page);
}

async function goOn(page: Page, to: { title: string }, n: number) {
  await next(page, to.title).click();
  await arrived(page, to.title);
  await expect(page.getByText(`Page ${n} of ${module.pages.length}`, { exact: true })).toBeVisible();
}

for (const [width, height, student] of [[1280, 900, STUDENTS.journeyWide], [320, 640, STUDENTS.journeyNarrow]] as const) {
  test(`a student works through a module and the wheel turns everywhere, at ${width} px`, async ({ page, context, browser }) => {
    await page.setViewportSize({ width, height });
    const { faults } = await watch(page);

    // The tutor watches this student's row from the beginning.
    const { page: tutor, context: tutors } = await onAnotherDevice(browser, TUTOR, '/cohorts');
    await tutor.setViewportSize({ width, height });
    await tutor.getByRole('link', { name: COHORT }).click();
    await tutor.getByLabel('Name or e-mail address').fill(student);
    await tutor.getByRole('button', { name: 'Search' }).click();
    await expect(tutor.getByRole('status')).toContainText('1 of 68 students matches');
    await hydrated(tutor);
    const row = tutor.getByRole('row').filter({ hasText: student });
    await expect(row).toContainText('0 of 12 (0%)');
    await expect(row.getByRole('img', { name: 'Not yet started' })).toHaveCount(12);
    await noSidewaysScrolling(tutor);
    await markDocument(tutor);

    await open(page, '/');
    await arrived(page, 'Learn to prescribe, at your own pace');
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await arrived(page, 'Sign in');
    await tryToSignIn(page, student);
    await arrived(page, /^Hello, /);
    await unfoldMenu(page);
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'My courses' }).click();
    await arrived(page, 'My courses');
    await page.getByRole('link', { name: courseTitle }).click();
    await arrived(page, courseTitle);
    await wheelShows(page, 0);

    // A second tab of the same browser stays at the course.
    const tab = await context.newPage();
    await tab.setViewportSize({ width, height });
    await open(tab, '/learn/nmp');
    await wheelShows(tab, 0);
    await markDocument(tab);
    const task = tab.getByRole('listitem').filter({ has: tab.getByRole('link', { name: module.title, exact: true }) }).last();
    await expect(task).toContainText('Not yet started');

    await page.getByRole('link', { name: module.title, exact: true }).last().click();
    await arrived(page, module.title);
    await page.getByRole('link', { name: 'Start the module' }).click();
    await arrived(page, first.title);
    // Been into, on the first page view: two facts a module (P4).
    await expect(task).toContainText('In progress');
    await expect(row.getByRole('img', { name: 'In progress' })).toHaveCount(1);

    // The exact missing parts: the unopened pages, and the check.
    await task.getByText('Why is this not ticked?').click();
    await expect(task.locator('.why li')).toHaveText([
      ...[second, ...rest].map(({ title }) => `Open the page “${title}”`),
      `Pass the knowledge check (${module.passMark}% or more)`,
    ]);
    await noSidewaysScrolling(tab);
    await goOn(page, second, 2);

    // Another device goes on where this one stopped.
    const { page: phone, context: other } = await onAnotherDevice(browser, student, '/learn/nmp');
    await phone.setViewportSize({ width, height });
    await expect(phone.getByText(`You were reading “${second.title}”.`)).toBeVisible();
    await phone.getByRole('link', { name: 'Resume where you left' }).click();
    await arrived(phone, second.title);
    await expect(phone).toHaveURL(`/learn/nmp/${module.slug}/${second.slug}`);
    await wheelShows(phone, 0);
    await markDocument(phone);

    for (const [n, to] of rest.entries()) await goOn(page, to, n + 3);
    await next(page, 'Knowledge check').click();
    await arrived(page, 'Knowledge check');

    const failed = await answerAll(page, module, 'wrong');
    await submit(page).click();
    await arrived(page, 'Knowledge check: result');
    await expect(page.getByRole('heading', { name: 'Not passed yet' })).toBeVisible();
    await expect(page.getByText(`0 of ${module.asked} right. ${module.passMark}% or more is a pass.`)).toBeVisible();
    await toldWhy(page, module, failed);
    await page.getByText('Why is this not ticked?').click();
    const check = `Pass the knowledge check (${module.passMark}% or more; your best so far is 0%)`;
    await expect(page.locator('.why li')).toHaveText([check]);
    await expect(task.locator('.why li')).toHaveText([check]);
    await wheelShows(page, 0);

    await page.getByRole('link', { name: 'Take the check again' }).click();
    await arrived(page, 'Knowledge check');
    await page.getByText(/^One try so far, 0 of \d+$/).click();
    await expect(page.locator('.earlier li')).toContainText(/: 0 of \d+, not passed$/);
    const passed = await answerAll(page, module, 'right');
    await submit(page).click();
    await arrived(page, 'Knowledge check: result');
    await expect(page.getByRole('heading', { name: 'You passed' })).toBeVisible();
    for (const [n, question] of passed.entries()) {
      await expect(page.locator('.results > li').nth(n)).toContainText(question.explanation);
    }
    await expect(page.getByText('You have completed this module.')).toBeVisible();
    await expect(page.getByText('Why is this not ticked?')).toHaveCount(0);
    await wheelShows(page, 1);

    // The second tab, the other device and the tutor see the tick appear, in the page that they had open.
    await wheelShows(tab, 1);
    await expect(task).toContainText('Completed');
    await expect(task.getByText('Why is this not ticked?')).toHaveCount(0);
    await wheelShows(phone, 1);
    await expect(row).toContainText('1 of 12 (8%)');
    await expect(row.getByRole('img', { name: 'Completed' })).toHaveCount(1);
    for (const seen of [tab, phone, tutor]) {
      await isSameDocument(seen);
      await noSidewaysScrolling(seen);
    }

    // The wheel opens to the modules with their ticks.
    await page.locator('.wheel summary').click();
    const list = page.locator('.wheel li');
    await expect(list).toHaveCount(12);
    await expect(list.filter({ hasText: 'Completed' })).toHaveText([new RegExp(module.title)]);
    await noSidewaysScrolling(page);
    await page.locator('.wheel summary').click();
    await page.getByRole('link', { name: `Next module: ${modules[1].title}` }).click();
    await arrived(page, modules[1].title);
    expect(faults).toEqual([]);
    await Promise.all([other.close(), tutors.close()]);
  });
}

test('"Resume where you left" leads back to the last page opened', async ({ page }) => {
  await signIn(page, STUDENTS.journeyOther);
  await open(page, `/learn/nmp/${modules[2].slug}/${modules[2].pages[1].slug}`);
  await expect(heading(page, modules[2].pages[1].title)).toBeVisible();
  await open(page, '/learn/nmp');
  await page.getByRole('link', { name: 'Resume where you left' }).click();
  await expect(heading(page, modules[2].pages[1].title)).toBeVisible();
  await page.goBack();
  await expect(heading(page, courseTitle)).toBeVisible();
});

test('answers of a check are saved as they are given, and are there on another device', async ({ page, context, browser }) => {
  const module = modules[3];
  const path = `/learn/nmp/${module.slug}/check`;
  await signIn(page, STUDENTS.journeyOther);
  await open(page, path);
  await isEmpty(page, module);
  const questions = await asked(page, module);
  const half = questions.slice(0, 4);
  for (const question of half) await answer(page, question, question.right);
  const kept = page.locator('#kept');
  await expect(kept).toContainText('Saved.');

  const { page: phone, context: other } = await onAnotherDevice(browser, STUDENTS.journeyOther, path);
  await stands(phone, half);
  expect((await asked(phone, module)).map(({ id }) => id)).toEqual(questions.map(({ id }) => id));

  // Without a network it is kept on the device, and sent when the network is back.
  const next = questions[4];
  await context.setOffline(true);
  await answer(page, next, next.right);
  await expect(kept).toContainText('Not saved yet');
  await context.setOffline(false);
  await expect(kept).toContainText('Saved.');
  await open(phone, path);
  await stands(phone, questions.slice(0, 5));

  // The next tab sends answers that could not be sent before this one was closed.
  await context.setOffline(true);
  await answer(page, next, next.wrong);
  await expect(kept).toContainText('Not saved yet');
  await page.close();
  await context.setOffline(false);
  const again = await context.newPage();
  // The page reloads itself once the stored answers are on the server, so nothing may wait for the first load.
  await again.goto(path);
  await stands(again, [next], 'wrong');
  await stands(again, half);
  await hydrated(again);

  await again.getByRole('button', { name: 'Save and finish later' }).click();
  await expect(heading(again, module.title)).toBeVisible();
  await expect(again.getByText('5 answers kept')).toBeVisible();
  await other.close();
});
