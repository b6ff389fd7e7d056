import { accessible } from './support/axe';
import { settled, someone } from './support/both';
import { gotReminder } from './support/database';
import { heading, noSidewaysScrolling } from './support/page';
import { STUDENTS } from './support/people';
import { expect, test } from './support/test';

// Reminders that somebody sets for themselves, how one press stops them, and the calendar of their dates. When a mail comes and what it says is
// tested with a clock that can be set: services/src/learning/tests/reminders.rs.

for (const [how, scripts, person] of [
  ['with scripts', true, STUDENTS.setsReminders],
  ['without scripts', false, STUDENTS.setsRemindersPlain],
] as const) {
  test(`reminders are set, and stopped by one press without signing in, ${how}`, async ({ browser }) => {
    const page = await someone(browser, person, scripts);
    await page.goto('/account');
    await page.getByRole('link', { name: 'Reminders that you set yourself, and a calendar of your dates' }).click();
    await expect(heading(page, 'Reminders and calendar')).toBeVisible();
    await settled(page, scripts);
    await expect(page.getByLabel('Every week')).toHaveValue('never');
    await expect(page.getByLabel('No reminder of dates')).toBeChecked();
    if (scripts) await accessible(page, 'no reminders');
    await page.getByLabel('Every week').selectOption({ label: 'Every Monday' });
    await page.getByLabel('3 days before').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('status')).toHaveText('Saved. We remind you from the next morning on.');
    await page.goto('/account/reminders');
    await settled(page, scripts);
    await expect(page.getByLabel('Every week')).toHaveValue('1');
    await expect(page.getByLabel('3 days before')).toBeChecked();

    // The link of a mail. Opening it changes nothing.
    const token = `stop-${person}`;
    gotReminder(person, token);
    const reader = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
    await reader.goto(`/stop-own-reminders/${token}`);
    await settled(reader, scripts);
    if (scripts) await accessible(reader, 'stopping reminders');
    await page.reload();
    await expect(page.getByLabel('Every week')).toHaveValue('1');
    await reader.getByRole('button', { name: 'No more reminders' }).click();
    await expect(heading(reader, 'You will get no more of these reminders')).toBeVisible();
    await page.goto('/account/reminders');
    await settled(page, scripts);
    await expect(page.getByLabel('Every week')).toHaveValue('never');
    await expect(page.getByLabel('No reminder of dates')).toBeChecked();
    for (const open of [page, reader]) await open.context().close();
  });

  test(`a calendar has an address that is shown once, renewed and removed, ${how}`, async ({ browser }) => {
    const page = await someone(browser, person, scripts);
    const program = (await browser.newContext()).request;
    await page.goto('/account/reminders');
    await settled(page, scripts);
    await page.getByRole('button', { name: 'Make the address of my calendar' }).click();
    const address = page.locator('#calendar-address');
    await expect(address).toHaveText(/\/calendar\/[\w-]{43}\.ics$/);
    await noSidewaysScrolling(page);
    // What follows a coloured box is not glued to it.
    const box = page.locator('.notice', { has: address });
    expect(parseFloat(await box.evaluate((shown) => getComputedStyle(shown).marginBottom))).toBeGreaterThan(8);
    if (scripts) await accessible(page, 'the address of a calendar');
    const first = (await address.textContent())!;
    await expect(page.getByRole('link', { name: 'Open it in the calendar program of this device' })).toHaveAttribute('href', first.replace(/^\w+:/, 'webcal:'));
    const file = await program.get(first);
    expect([file.status(), file.headers()['content-type'], (await file.text()).split('\r\n')[0]]).toEqual([200, 'text/calendar; charset=utf-8', 'BEGIN:VCALENDAR']);

    await page.goto('/account/reminders');
    await settled(page, scripts);
    await expect(page.getByText('Your calendar has an address since')).toBeVisible();
    await expect(address).toHaveCount(0);
    await page.getByText('Make a new address', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes, make a new address' }).click();
    await expect(address).toHaveText(/\/calendar\/[\w-]{43}\.ics$/);
    const second = (await address.textContent())!;
    expect(second).not.toBe(first);
    expect([(await program.get(first)).status(), (await program.get(second)).status()]).toEqual([404, 200]);

    await page.goto('/account/reminders');
    await settled(page, scripts);
    await page.getByText('Remove the address', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes, remove the address' }).click();
    await expect(page.getByRole('status')).toHaveText('The address has ended. Remove the calendar from your calendar program too.');
    expect((await program.get(second)).status()).toBe(404);
    await expect(page.getByRole('button', { name: 'Make the address of my calendar' })).toBeVisible();
    await page.context().close();
  });
}
