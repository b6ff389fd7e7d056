import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { demo } from './support/database';
import { asDrawn, heading, hydrated, noSidewaysScrolling, unfoldMenu } from './support/page';
import { MANAGER, STAFF, signIn } from './support/people';
import { expect, test } from './support/test';

// P8, P12: who has completed a course is asked what they want and think; the employer sees figures, in steps of five people.

const STATEMENTS = [
  'The course explained things clearly',
  'What I learned is useful in my work',
  'The amount of work was right for me',
  'The website was easy to use',
  'I would recommend the course to a colleague',
];

const KEEP = 'Do you want to keep your access when the course ends?';
const ZONE = 'Would you like to join NMP Zone?';

async function someone(browser: Browser, who: string, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  await signIn(page, who);
  return page;
}

async function arrived(page: Page, scripts: boolean) {
  await (scripts ? hydrated(page) : asDrawn(page));
  await noSidewaysScrolling(page);
}

/** Answers everything at the end of the course, after a form that lacks all answers. */
async function answersAtTheEnd(page: Page, scripts: boolean, comment: string) {
  const choice = (question: string, answer: string) => page.getByRole('group', { name: question }).getByLabel(answer, { exact: true });
  await page.goto('/learn/nmp');
  await arrived(page, scripts);
  await page.getByRole('link', { name: 'Tell us' }).click();
  await expect(heading(page, 'End of the course')).toBeVisible();
  await arrived(page, scripts);
  if (scripts) await accessible(page, 'the end of a course');

  const send = page.getByRole('button', { name: 'Send your answers' });
  await send.click();
  const lacking = [`${KEEP} Choose or enter an answer`, `${ZONE} Choose or enter an answer`];
  await expect(page.getByRole('alert').getByRole('listitem')).toHaveText([...lacking, ...STATEMENTS.map((statement) => `${statement}: Choose or enter an answer`)]);
  if (scripts) await accessible(page, 'the end of a course, with errors');
  // What is typed comes back with the problems, in both parts.
  await choice(KEEP, 'Yes').check();
  await page.getByLabel(/^Is there anything else/).fill(comment);
  for (const statement of STATEMENTS.slice(1)) await choice(statement, '4: agree').check();
  await send.click();
  await expect(page.getByRole('alert').getByRole('listitem')).toHaveCount(2);
  await expect(page.getByLabel(/^Is there anything else/)).toHaveValue(comment);
  await expect(choice(STATEMENTS[1], '4: agree')).toBeChecked();
  await expect(choice(KEEP, 'Yes')).toBeChecked();
  await choice(STATEMENTS[0], '5: strongly agree').check();
  for (const zone of ['No', 'Yes']) {
    await choice(ZONE, zone).check();
    const sent = page.waitForResponse('**/api/learning/answer_end');
    await send.click();
    await sent;
    await expect(page.getByText('Thank you: your answers are kept.')).toBeVisible();
    await arrived(page, scripts);
    await expect(choice(KEEP, 'Yes')).toBeChecked();
    await expect(choice(ZONE, zone)).toBeChecked();
    await expect(page.getByRole('link', { name: 'choose an area and ask to join' })).toHaveCount(zone === 'Yes' ? 1 : 0);
    await expect(choice(STATEMENTS[0], '5: strongly agree')).toBeChecked();
    await expect(page.getByLabel(/^Is there anything else/)).toHaveValue(comment);
  }

  // The course thanks, and asks no more.
  await page.goto('/learn/nmp');
  await arrived(page, scripts);
  await expect(page.getByRole('link', { name: 'Change your answers' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Tell us' })).toBeHidden();
}

test('who completes a course is asked, and the employer sees figures in steps of five people', async ({ browser }) => {
  const manager = await someone(browser, MANAGER, true);
  /** How many people the figures are of. */
  const seen = async () => {
    await manager.goto(`/organisation/${demo('employer')}`);
    await manager.getByRole('link', { name: 'Feedback', exact: true }).click();
    await expect(heading(manager, 'Feedback')).toBeVisible();
    await arrived(manager, true);
    const rows = manager.locator('table.figures tbody tr');
    await expect(rows).toHaveCount(STATEMENTS.length);
    const people = await rows.evaluateAll((all) => all.map((row) => row.querySelector('td')!.textContent));
    expect(new Set(people).size, 'every question has the same people').toBe(1);
    return people[0];
  };
  expect(await seen()).toBe('5');
  await accessible(manager, 'feedback in figures');

  // Four wait for this one.
  const plain = await someone(browser, STAFF.endsPlain, false);
  await answersAtTheEnd(plain, false, 'Written without scripts');
  expect(await seen()).toBe('10');
  const other = await someone(browser, STAFF.ends, true);
  await answersAtTheEnd(other, true, 'Written with scripts');
  expect(await seen()).toBe('10');
  await expect(manager.getByRole('main')).not.toContainText('Written');
  const file = await manager.request.get(`/organisation/${demo('employer')}/feedback.csv`);
  expect(await file.text()).toMatch(/^.*\r\n[^\r]*,The course explained things clearly,10,/);
  expect(await file.text()).not.toContain('Written');

  const support = await someone(browser, 'support@demo.example', true);
  await unfoldMenu(support);
  await support.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Support', exact: true }).click();
  await arrived(support, true);
  await support.getByRole('link', { name: 'What learners write at the end of a course' }).click();
  await expect(heading(support, 'Feedback')).toBeVisible();
  await arrived(support, true);
  await support.getByLabel('Words of a comment, or a course').fill('written with');
  await support.getByRole('button', { name: 'Search' }).click();
  await expect(support.getByText(/^2 of \d+ comments match/)).toBeVisible();
  await arrived(support, true);
  await expect(support.locator('tbody')).not.toContainText('(demo)');
  await accessible(support, 'comments');
  await Promise.all([manager, plain, other, support].map((page) => page.context().close()));
});
