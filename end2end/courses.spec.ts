import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { courseTitle, modules } from './support/content';
import { asDrawn, heading, hydrated, noSidewaysScrolling } from './support/page';
import { signIn } from './support/people';
import { expect, test } from './support/test';

const NONE = 'You are not on a course.';

async function someone(browser: Browser, email: string, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: scripts ? undefined : { width: 320, height: 800 } });
  const page = await context.newPage();
  await signIn(page, email);
  return page;
}

async function arrived(page: Page, scripts: boolean) {
  if (scripts) await hydrated(page);
  else await asDrawn(page);
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';
  // Each has a ward of its own, with one nurse.
  const [ward, nurse] = scripts ? ['Ward 8', 'nurse003@demo.example'] : ['Ward 9', 'nurse004@demo.example'];

  test(`an employer gives a course to a ward, whose nurses see it until it is taken back, ${how}`, async ({ browser }) => {
    const learner = await someone(browser, nurse, scripts);
    await learner.goto('/learn');
    await expect(learner.getByText(NONE)).toBeVisible();

    const manager = await someone(browser, 'manager@demo.example', scripts);
    await manager.goto('/cohorts');
    await manager.getByRole('link', { name: 'Harbour Hospital (demo)' }).click();
    await manager.getByRole('main').getByRole('link', { name: 'Courses', exact: true }).click();
    await expect(heading(manager, 'Courses')).toBeVisible();
    await arrived(manager, scripts);
    await expect(manager.getByRole('row').filter({ hasText: 'Team Ward 7' })).toContainText(courseTitle);
    await noSidewaysScrolling(manager);
    await manager.getByRole('button', { name: 'Give this course' }).click();
    await expect(manager.locator('#course-problem')).toContainText('Choose one from the list');
    await expect(manager.locator('#to-problem')).toContainText('Choose one from the list');
    await arrived(manager, scripts);
    if (scripts) await accessible(manager, 'the courses of an organisation, with errors');
    await manager.getByLabel('Course', { exact: true }).selectOption({ label: courseTitle });
    await manager.getByLabel('Who it is for').selectOption(`team:${ward}`);
    await manager.getByRole('button', { name: 'Give this course' }).click();
    await expect(manager.getByText('They can open the course now. People who join later can too.')).toBeVisible();
    await arrived(manager, scripts);
    const row = manager.getByRole('row').filter({ hasText: `Team ${ward}` });
    await expect(row.getByRole('cell').nth(1)).toHaveText('1');

    const [{ slug, pages }] = modules;
    await learner.goto('/learn');
    await learner.getByRole('link', { name: courseTitle }).click();
    await expect(heading(learner, courseTitle)).toBeVisible();
    const page = `/learn/nmp/${slug}/${pages[0].slug}`;
    await learner.goto(page);
    await expect(heading(learner, pages[0].title)).toBeVisible();

    await row.getByText(`Take back ${courseTitle}: Team ${ward}`).click();
    await expect(row.getByText('Their progress is kept')).toBeVisible();
    await expect(row.getByText('download the report first')).toBeVisible();
    await row.getByRole('button', { name: 'Yes, take it back' }).click();
    await expect(manager.getByText('It is taken back. Progress is kept.')).toBeVisible();
    await expect(row).toHaveCount(0);
    await learner.goto('/learn');
    await expect(learner.getByText(NONE)).toBeVisible();
    await learner.goto(page);
    await expect(heading(learner, 'Page not found')).toBeVisible();
    for (const one of [learner, manager]) await one.context().close();
  });
}
