import { execFileSync } from 'node:child_process';
import type { Browser, Page } from '@playwright/test';
import { accessible } from './support/axe';
import { asDrawn, heading, hydrated } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// P15, P32, P35: a profile is optional, shows what is filled in to members of its area and to nobody else, and its picture keeps no metadata.

/** An area with these members. Returns the id of each membership, by address. */
function areaOf(slug: string, members: string[]): Record<string, string> {
  const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `slug=${slug}`, '-v', `members=${members.join(',')}`, process.env.DATABASE_URL!];
  const input = `
    insert into zone_areas (id, slug, name, aim, made_at) values (gen_random_uuid(), :'slug', 'Area ' || :'slug', 'To find each other', now());
    insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
    select gen_random_uuid(), a.id, p.id, 'member', '1', now(), now(), now() from people p, zone_areas a
    where p.email = any (string_to_array(:'members', ',')) and a.slug = :'slug';
    insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
    select m.id, m.area_id, m.person_id, p.full_name, now(), now()
    from zone_members m join people p on p.id = m.person_id join zone_areas a on a.id = m.area_id where a.slug = :'slug';
    select json_object_agg(p.email, m.id) from zone_members m join people p on p.id = m.person_id join zone_areas a on a.id = m.area_id
    where a.slug = :'slug'`;
  return JSON.parse(execFileSync('psql', options, { input, encoding: 'utf8' }));
}

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

async function someone(browser: Browser, scripts: boolean, email: string): Promise<Page> {
  const page = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
  await signIn(page, email);
  return page;
}

for (const [way, scripts, email] of [
  ['with scripts', true, STUDENTS.profile],
  ['without scripts', false, STUDENTS.profilePlain],
] as const) {
  test(`a member fills in a profile and brings a picture, ${way}`, async ({ browser }) => {
    const arrived = async (page: Page) => (scripts ? hydrated(page) : asDrawn(page));
    const [here, elsewhere] = [`profile-${scripts}`, `profile-${scripts}-elsewhere`];
    const own = areaOf(here, [email, STUDENTS.profileReader])[email];
    areaOf(elsewhere, [STUDENTS.profileOutside]);
    const [profile, member] = [`/zone/${here}/profile`, `/zone/${here}/members/${own}`];
    const page = await someone(browser, scripts, email);
    await page.goto(profile);
    await arrived(page);
    const seen = page.getByRole('region', { name: 'What others see' });
    await expect(seen).toContainText('Nothing but your name');
    if (scripts) await accessible(page, 'a profile without anything');

    await page.getByLabel('Years qualified').fill('many');
    await page.getByLabel('Role').fill('Practice nurse');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.locator('#years_qualified-problem')).toContainText('Enter a whole number');
    await expect(page.getByLabel('Role')).toHaveValue('Practice nurse');
    if (scripts) await accessible(page, 'a profile with an error');
    await page.getByLabel('Years qualified').fill('12');
    await page.getByLabel('Area of work', { exact: true }).selectOption('Another area of work');
    await page.getByLabel('If it is another area of work, which').fill('Travel medicine');
    await page.getByLabel('Prescribing interests').fill('Malaria\nVaccines');
    await page.getByLabel('Say “These views are my own”').check();
    // What is typed can be looked at as others would see it, and nothing of it is saved by that.
    const typed = ['Practice nurse', 'Travel medicine', 'Malaria', '12', 'These views are my own.'];
    await page.getByRole('button', { name: 'See how it would look' }).click();
    await expect(seen).toContainText('it is not saved yet');
    await arrived(page);
    for (const shown of typed) await expect(seen).toContainText(shown);
    for (const blank of ['Place', 'About me', 'Telephone', 'E-mail']) await expect(seen).not.toContainText(blank);
    if (scripts) await accessible(page, 'a profile that is looked at before it is saved');
    const other = await page.context().newPage();
    await other.goto(member);
    await expect(other.getByRole('main')).toContainText('has filled in nothing else so far');
    await other.close();
    await expect(page.getByLabel('Prescribing interests')).toHaveValue('Malaria\nVaccines');
    await expect(page.getByLabel('Say “These views are my own”')).toBeChecked();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('status')).toContainText('Your profile is saved.');
    await arrived(page);
    for (const shown of ['Practice nurse', 'Travel medicine', 'Malaria', '12', 'These views are my own.']) await expect(seen).toContainText(shown);
    // What is blank has no label either.
    for (const blank of ['Place', 'About me', 'Telephone', 'E-mail']) await expect(seen).not.toContainText(blank);

    await page.getByLabel('Picture of you', { exact: true }).setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1') });
    await page.getByRole('button', { name: 'Save this picture' }).click();
    await expect(page.locator('#picture-problem')).toContainText('Save the picture as JPEG');
    await expect(page).toHaveTitle(/^Error: Your profile/);
    await arrived(page);
    await page.getByLabel('Picture of you', { exact: true }).setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: PICTURE });
    await page.getByRole('button', { name: 'Save this picture' }).click();
    await expect(page.getByRole('status')).toContainText('Your picture is saved.');
    await arrived(page);
    const picture = seen.getByRole('img', { name: /^Picture of / });
    await expect(picture).toBeVisible();
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(1);
    if (scripts) await accessible(page, 'a profile with a picture');

    // Another member sees the same, and asks each time whether the picture may still be shown.
    const reader = await someone(browser, scripts, STUDENTS.profileReader);
    await reader.goto(member);
    await arrived(reader);
    await expect(reader.getByRole('main')).toContainText('Travel medicine');
    await expect(reader.getByRole('main')).not.toContainText('Telephone');
    await expect(reader.getByRole('link', { name: 'Change your profile' })).toHaveCount(0);
    if (scripts) await accessible(reader, 'the profile of a member');
    const shown = await reader.request.get(`${member}/picture`);
    expect(shown.status()).toBe(200);
    expect(shown.headers()).toMatchObject({ 'content-type': 'image/jpeg', 'cache-control': 'private, no-cache', 'x-content-type-options': 'nosniff' });
    const again = await reader.request.get(`${member}/picture`, { headers: { 'if-none-match': shown.headers().etag } });
    expect(again.status()).toBe(304);

    // A member of another area learns nothing of either.
    const outside = await someone(browser, scripts, STUDENTS.profileOutside);
    for (const address of [member, profile, `/zone/${elsewhere}/members/${own}`]) {
      await outside.goto(address);
      await expect(heading(outside, 'Page not found')).toBeVisible();
    }
    for (const area of [here, elsewhere]) expect((await outside.request.get(`/zone/${area}/members/${own}/picture`)).status()).toBe(404);

    await page.getByText('Remove your picture', { exact: true }).click();
    await page.getByRole('button', { name: 'Yes, remove it' }).click();
    await expect(page.getByRole('status')).toContainText('Your picture is removed.');
    await arrived(page);
    await expect(picture).toHaveCount(0);
    expect((await reader.request.get(`${member}/picture`, { headers: { 'if-none-match': shown.headers().etag } })).status()).toBe(404);
    await Promise.all([page, reader, outside].map((left) => left.context().close()));
  });
}
