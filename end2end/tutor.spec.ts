import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { modules } from './support/content';
import { demo, unseenFor } from './support/database';
import { tabTo } from './support/keyboard';
import { hasMail, linkFor } from './support/mail';
import { arrivedAt, asDrawn, heading, hydrated, noSidewaysScrolling, open } from './support/page';
import { LEAD, STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';

async function someone(browser: Browser, email: string, scripts: boolean): Promise<Page> {
  const page = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
  await signIn(page, email);
  return page;
}

async function arrived(page: Page, scripts: boolean) {
  if (scripts) await hydrated(page);
  else await asDrawn(page);
}

/** The page at both widths, and what axe says of it. */
async function looks(page: Page, state: string, scripts: boolean) {
  const size = page.viewportSize()!;
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    if (scripts) await accessible(page, `${state}, ${width} px`);
    else await noSidewaysScrolling(page);
  }
  await page.setViewportSize(size);
}

/** Goes to a control and presses it: by keyboard where there are scripts, for every stop on the way must show the focus. */
async function press(page: Page, control: ReturnType<Page['getByRole']>, scripts: boolean, key = 'Enter') {
  if (!scripts) return control.click();
  await tabTo(page, control);
  await page.keyboard.press(key);
}

const JOURNEYS = [
  { scripts: true, tutor: TUTOR, student: STUDENTS.reminded, module: modules[0] },
  // An administrator of the university follows its cohorts too.
  { scripts: false, tutor: LEAD, student: STUDENTS.remindedPlain, module: modules[1] },
];

for (const { scripts, tutor, student, module } of JOURNEYS) {
  const how = scripts ? 'with scripts and by keyboard' : 'without scripts';
  const cohort = () => `/cohorts/${demo('cohort')}`;

  test(`a tutor finds who has not been seen, looks at one student, and keeps a note, ${how}`, async ({ browser }) => {
    unseenFor(student, 20);
    const page = await someone(browser, tutor, scripts);
    await page.goto(cohort());
    await arrived(page, scripts);
    await looks(page, 'a cohort with its reasons', scripts);
    const tabs = page.getByRole('navigation', { name: 'Who needs attention' });
    await expect(tabs.getByRole('link', { name: /^Everybody 68$/ })).toHaveAttribute('aria-current', 'true');
    const tab = tabs.getByRole('link', { name: /^Not seen for 14 days/ });
    await press(page, tab, scripts);
    await expect(tab).toHaveAttribute('aria-current', 'true');
    await expect(page.getByText('has opened no page of the course for 14 days')).toBeVisible();
    await arrived(page, scripts);

    // A search keeps the list that was chosen, and the file has what is found.
    await page.getByLabel('Name or e-mail address').fill(student);
    await page.getByRole('button', { name: 'Search' }).click();
    const rows = page.locator('table.students tbody tr');
    await expect(rows).toHaveCount(1);
    expect(new URL(page.url()).searchParams.get('attention')).toBe('not-seen');
    await arrived(page, scripts);
    await expect(rows).toContainText('Not seen for 20 days');
    await expect(rows.locator('time')).toContainText('2 weeks ago');
    await expect(rows.locator('time')).toHaveAttribute('title', / at /);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'as CSV' }).click()]);
    const lines = readFileSync(await file.path(), 'utf8').trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('Not seen for 20 days');

    const name = await rows.locator('th a').innerText();
    await press(page, rows.getByRole('link', { name, exact: true }), scripts);
    await expect(heading(page, name)).toBeVisible();
    await arrivedAt(page, /\/students\/[0-9a-f-]{36}$/);
    await arrived(page, scripts);
    await expect(page.getByRole('progressbar', { name: 'Progress' })).toBeVisible();
    await expect(page.getByText(/^\d+ of 12 modules completed$/)).toBeVisible();
    await expect(page.locator('table.timeline tbody tr')).toHaveCount(modules.length);
    await looks(page, 'one student', scripts);

    await page.getByRole('button', { name: 'Keep the note' }).click();
    await expect(page.locator('#note-problem')).toContainText('Write a note');
    await arrived(page, scripts);
    const note = `Wants <b>more</b> time,\nbecause of nights (${how}).`;
    await page.getByLabel('New note').fill(note);
    await page.getByRole('button', { name: 'Keep the note' }).click();
    await expect(page.getByText('The note is kept.')).toBeVisible();
    await arrived(page, scripts);
    await expect(page.locator('.notes li')).toContainText(`because of nights (${how}).`);
    if (scripts) await accessible(page, 'one student, with a note');

    // On paper: what they have done, and not what is said among tutors.
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.wheel.of-student')).toBeVisible();
    await expect(page.getByText('Wants <b>more</b> time')).toBeHidden();
    await page.emulateMedia({ media: 'screen' });

    await page.getByText(/^Remove your note/).click();
    await page.getByRole('button', { name: 'Yes, remove it' }).click();
    await expect(page.getByText('The note is removed.')).toBeVisible();
    await expect(page.getByText('There is no note yet.')).toBeVisible();
    await page.context().close();
  });

  test(`a tutor reminds a student once a week at most, who stops it with one press, ${how}`, async ({ browser }) => {
    const page = await someone(browser, tutor, scripts);
    const choose = async () => {
      await page.goto(`${cohort()}/remind?search=${encodeURIComponent(student)}`);
      await arrived(page, scripts);
      await press(page, page.getByRole('checkbox', { name: /^Choose (?!all)/ }), scripts, 'Space');
      await page.getByRole('button', { name: 'Write to the ticked students' }).click();
      await expect(heading(page, 'Write a reminder')).toBeVisible();
      await arrived(page, scripts);
    };

    await page.goto(cohort());
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'Send a reminder' }).click();
    await expect(heading(page, 'Choose who gets a reminder')).toBeVisible();
    await arrived(page, scripts);
    await looks(page, 'whom to remind', scripts);
    await page.getByRole('button', { name: 'Write to the ticked students' }).click();
    await expect(page.locator('#chosen-problem')).toContainText('Tick at least one');

    await choose();
    await expect(page.getByText('It goes to 1 student.')).toBeVisible();
    await looks(page, 'a reminder that is written', scripts);
    const text = `The ward is quiet on Tuesdays (${scripts ? 'q' : 'z'}).\nShall we meet?`;
    await page.getByLabel('Your text').fill(text);
    await page.getByRole('button', { name: 'Save, and see the mail' }).click();
    await expect(page.getByText('The text is kept.')).toBeVisible();
    await arrived(page, scripts);
    await expect(page.locator('.letter blockquote')).toContainText('The ward is quiet on Tuesdays');
    expect(hasMail(student, 'The ward is quiet')).toBe(false);
    await press(page, page.getByRole('button', { name: 'Send to 1 student' }), scripts);
    await expect(page.getByText('The reminder is on its way.')).toBeVisible();
    await expect(heading(page, 'A reminder that was sent')).toBeVisible();
    await arrived(page, scripts);
    await looks(page, 'a reminder that was sent', scripts);

    const link = await linkFor(student, 'stop-cohort-reminders');
    expect(hasMail(student, 'The ward is quiet on Tuesdays')).toBe(true);
    await choose();
    const hadOne = page.getByText('1 student gets none, because a reminder of this cohort went to them within 7 days.');
    await expect(hadOne).toBeVisible();
    await expect(page.getByRole('button', { name: /^Send to/ })).toHaveCount(0);

    const reader = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
    await reader.goto(new URL(link).pathname);
    await arrived(reader, scripts);
    await expect(heading(reader, 'Get no more reminders')).toBeVisible();
    await looks(reader, 'stopping reminders', scripts);
    await reader.getByRole('button', { name: 'No more reminders' }).click();
    await expect(heading(reader, 'You will get no more reminders from tutors')).toBeVisible();

    // The page says the same as before: nobody can tell from it who takes no reminders.
    const said = () => page.locator('main').innerText();
    const before = await said();
    await page.reload();
    await arrived(page, scripts);
    await expect(hadOne).toBeVisible();
    expect(await said()).toBe(before);
    await signIn(reader, student);
    await reader.goto('/account');
    await arrived(reader, scripts);
    await expect(reader.getByText('So do the tutors of your cohort')).toBeVisible();
    await reader.getByRole('button', { name: 'Take reminders again' }).click();
    await expect(reader.getByText('Your tutors can remind you again.')).toBeVisible();
    await reader.context().close();
    await page.context().close();
  });

  test(`a tutor sets a target date and takes it away, and sees progress over time, ${how}`, async ({ browser }) => {
    const page = await someone(browser, tutor, scripts);
    await page.goto(`${cohort()}/dates`);
    await arrived(page, scripts);
    await looks(page, 'target dates', scripts);
    const field = page.getByLabel(module.title, { exact: true });
    for (const day of ['2027-06-01', '']) {
      await field.fill(day);
      await page.getByRole('button', { name: 'Save the dates' }).click();
      await expect(page.getByText('The dates are saved.')).toBeVisible();
      await page.goto(`${cohort()}/dates`);
      await arrived(page, scripts);
      await expect(field).toHaveValue(day);
    }

    await page.goto(cohort());
    await arrived(page, scripts);
    await page.getByRole('link', { name: 'Progress over time' }).click();
    await expect(heading(page, 'Progress over time')).toBeVisible();
    await arrived(page, scripts);
    await expect(page.getByRole('img', { name: 'Modules completed' })).toHaveAccessibleDescription(/lower quartile/);
    await expect(page.getByText(/^Of 12 modules the median of 68 students is/)).toBeVisible();
    // Each point of the chart is a row of the table.
    const points = (await page.locator('.chart polyline.line-1').getAttribute('points'))!.split(' ');
    await expect(page.locator('.chart table tbody tr')).toHaveCount(points.length);
    expect(points.length).toBeGreaterThan(0);
    await looks(page, 'progress over time', scripts);
    await page.context().close();
  });
}

test('a student reads the target date of a module on the start page and in the course, as long as it has one', async ({ browser }) => {
  const [tutor, student] = [await someone(browser, TUTOR, true), await someone(browser, STUDENTS.hasDates, false)];
  const { title } = modules[modules.length - 1];
  const field = tutor.getByLabel(title, { exact: true });
  const save = async (day: string) => {
    await tutor.goto(`/cohorts/${demo('cohort')}/dates`);
    await hydrated(tutor);
    await field.fill(day);
    await tutor.getByRole('button', { name: 'Save the dates' }).click();
    await expect(tutor.getByText('The dates are saved.')).toBeVisible();
  };
  // Before those that other tests set: a card says the first three.
  await save('2027-05-31');
  for (const width of [320, 1280]) {
    await student.setViewportSize({ width, height: 800 });
    for (const path of ['/', '/learn']) {
      await student.goto(path);
      await expect(student.locator('.card li').filter({ hasText: title })).toHaveText(new RegExp(`^${title} (is|was) due .*31 May`));
      await noSidewaysScrolling(student);
    }
    await student.goto('/learn/nmp');
    await expect(student.getByRole('listitem').filter({ has: student.getByRole('link', { name: title, exact: true }) })).toContainText(/This module (is|was) due .*31 May/);
    await noSidewaysScrolling(student);
  }
  await save('');
  await student.goto('/');
  await expect(heading(student, /^Hello, /)).toBeVisible();
  await expect(student.getByText(`${title} is due`)).toHaveCount(0);
  await expect(student.getByText(`${title} was due`)).toHaveCount(0);
  await student.goto('/learn/nmp');
  await expect(student.locator('#modules')).not.toContainText('31 May');
  for (const page of [tutor, student]) await page.context().close();
});

test('a student is told nothing of the pages of their tutors', async ({ page }) => {
  await signIn(page, STUDENTS.curious);
  for (const path of ['progress', 'dates', 'remind', 'students/00000000-0000-0000-0000-000000000000', 'reminders/00000000-0000-0000-0000-000000000000']) {
    await open(page, `/cohorts/${demo('cohort')}/${path}`);
    await expect(heading(page, 'Page not found')).toBeVisible();
  }
});
