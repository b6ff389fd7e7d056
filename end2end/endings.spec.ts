import { accessible } from './support/axe';
import { courseTitle } from './support/content';
import { hasMail } from './support/mail';
import { asDrawn, heading, hydrated, noSidewaysScrolling, open } from './support/page';
import { signIn } from './support/people';
import { expect, test } from './support/test';

// P7: people who do not belong to an organisation any more open nothing of it, and it does not see them any more.

const HARBOUR = 'Harbour Hospital (demo)';
// Of the ward to which the course is given. No other test has them.
const NURSE = 'nurse001@demo.example';

test('a learner leaves an organisation, comes back, and an administrator ends it', async ({ browser }) => {
  // The learner, without scripts.
  const learner = await (await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 800 } })).newPage();
  await signIn(learner, NURSE);
  await learner.goto('/learn');
  await expect(learner.getByRole('link', { name: courseTitle })).toBeVisible();
  await learner.goto('/account');
  await asDrawn(learner);
  await learner.getByText(`Leave ${HARBOUR}`, { exact: true }).click();
  await expect(learner.getByText('what you have completed stay yours')).toBeVisible();
  await noSidewaysScrolling(learner);
  await learner.getByRole('button', { name: `Yes, leave ${HARBOUR}` }).click();
  await expect(learner.getByText('You do not belong to the organisation any more.')).toBeVisible();
  await learner.goto('/learn');
  await expect(learner.getByText('You are not on a course.')).toBeVisible();

  const manager = await (await browser.newContext()).newPage();
  await signIn(manager, 'manager@demo.example');
  await open(manager, '/cohorts');
  await manager.getByRole('link', { name: HARBOUR }).click();
  await expect(heading(manager, HARBOUR)).toBeVisible();
  const organisation = new URL(manager.url()).pathname;
  await open(manager, `${organisation}/people?search=${NURSE}`);
  const row = manager.getByRole('row').filter({ hasText: NURSE });
  await expect(row).toHaveCount(0);

  // Named again, they are asked, and have the course of their ward again.
  await open(manager, `${organisation}/people/new`);
  await manager.getByLabel('Full name').fill('Wren Abara');
  await manager.getByLabel('E-mail address', { exact: true }).fill(NURSE);
  await manager.getByLabel('Team (optional)').fill('Ward 7');
  await manager.getByLabel(/^I may share these names/).check();
  await manager.getByRole('button', { name: 'Add this person' }).click();
  await expect(manager.getByText('1 new, 0 changed, 0 already here.')).toBeVisible();
  await learner.goto('/account');
  await learner.getByRole('button', { name: `Yes, I belong to ${HARBOUR}` }).click();
  await expect(learner.getByText('You belong to the organisation now.')).toBeVisible();
  await learner.goto('/learn');
  await expect(learner.getByRole('link', { name: courseTitle })).toBeVisible();

  await open(manager, `${organisation}/people?search=${NURSE}`);
  await row.getByText('End membership').click();
  await expect(row.getByText('You do not see their progress any more, unless you pay for them.')).toBeVisible();
  await accessible(manager, 'the people of an organisation, with what follows when a membership ends');
  await row.getByRole('button', { name: 'Yes, end it' }).click();
  await expect(manager.getByText('This person does not belong to your organisation any more.')).toBeVisible();
  await hydrated(manager);
  await open(manager, `${organisation}/people?search=${NURSE}`);
  await expect(row).toHaveCount(0);
  await expect.poll(() => hasMail(NURSE, `You no longer belong to ${HARBOUR}`)).toBe(true);
  await learner.goto('/learn');
  await expect(learner.getByText('You are not on a course.')).toBeVisible();
  for (const page of [learner, manager]) await page.context().close();
});
