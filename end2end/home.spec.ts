import { accessible } from './support/axe';
import { courseTitle, modules } from './support/content';
import { demo } from './support/database';
import { setPaper, setter, start } from './support/exam';
import { heading, hydrated, noSidewaysScrolling } from './support/page';
import { LEAD, STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';

// The start page knows the person: one thing above all else, then what has an end, what is new, and what waits for each role.

const module = modules[8];
const [, second] = module.pages;

for (const [how, javaScriptEnabled, student, width] of [
  ['with scripts', true, STUDENTS.homeResumes, 1280],
  ['without scripts', false, STUDENTS.homeResumesPlain, 320],
] as const) {
  test(`a learner goes on where they left, ${how}`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled, viewport: { width, height: 700 } });
    const page = await context.newPage();
    await signIn(page, student);
    await page.goto(`/learn/nmp/${module.slug}/${second.slug}`);
    await expect(heading(page, second.title)).toBeVisible();
    for (const path of ['/', '/learn']) {
      await page.goto(path);
      const card = page.locator('.card').filter({ has: page.getByRole('link', { name: courseTitle, exact: true }) });
      await expect(card).toContainText(new RegExp(`${module.title}, page 2 of ${module.pages.length}, about \\d+ minutes? left`));
      await expect(card.getByRole('progressbar', { name: `Your progress in ${courseTitle}` })).toBeVisible();
      // As many segments as the course's own page has, in the same states.
      const segments = (await card.locator('circle').evaluateAll((all) => all.map((circle) => circle.getAttribute('class')))).join();
      await noSidewaysScrolling(page);
      await page.goto('/learn/nmp');
      expect((await page.locator('#wheel circle').evaluateAll((all) => all.map((circle) => circle.getAttribute('class')))).join()).toBe(segments);
      await page.goto(path);
      await card.getByRole('link', { name: 'Resume where you left' }).click();
      await expect(heading(page, second.title)).toBeVisible();
      await expect(page).toHaveURL(`/learn/nmp/${module.slug}/${second.slug}`);
    }
    await context.close();
  });
}

test('a paper comes before all else while it is sat, and its result is new until it is looked at', async ({ browser, page }) => {
  const title = 'Waits on the start page';
  const setters = await setter(browser);
  await setPaper(setters, { title, code: 'HOME01', emails: [STUDENTS.homeSits], closes: 30 });
  await signIn(page, STUDENTS.homeSits);
  const papers = page.getByRole('region', { name: 'Papers for you to sit' });
  await expect(papers.getByRole('listitem').filter({ hasText: title })).toContainText(/Closes (tomorrow|in 2 days)/);
  await hydrated(page);
  await accessible(page, 'the start, with a paper');

  // On another device, without scripts.
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(plain, STUDENTS.homeSits);
  const room = await start(plain, 'HOME01');
  await page.goto('/');
  const first = page.locator('main section').first();
  await expect(first).toContainText(`You are sitting “${title}”`);
  await expect(first).toContainText(/You have about (29|30) minutes left\./);
  await expect(papers.getByText(title)).toHaveCount(0);
  await expect(first.getByRole('link', { name: 'Go back to the paper' })).toHaveAttribute('href', room);
  await hydrated(page);
  await accessible(page, 'the start, during a paper');
  await setters.goto('/');
  const kept = setters.getByRole('region', { name: 'Papers that you set' });
  await expect(kept.getByRole('listitem').filter({ hasText: title })).toContainText('1 candidate is sitting it now.');
  await hydrated(setters);
  await accessible(setters, 'the start of a setter');

  await plain.goto(`${room}?question=review`);
  await plain.getByRole('button', { name: /^Submit/ }).click();
  await expect(plain).toHaveURL(/receipt$/);
  await page.goto('/');
  const results = page.getByRole('region', { name: 'Your new results' });
  await expect(results.getByRole('listitem').filter({ hasText: title })).toContainText('New');
  await hydrated(page);
  await accessible(page, 'the start, with a new result');
  await results.getByRole('link', { name: title }).click();
  await expect(page).toHaveURL(/\/result$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.goto('/');
  await expect(heading(page, /^Hello, /)).toBeVisible();
  await expect(results).toHaveCount(0);
  // There are attempts left.
  await expect(papers.getByText(title)).toBeVisible();
  for (const context of [setters.context(), plain.context()]) await context.close();
});

test('a tutor, an administrator, a lead and support are told what waits for them', async ({ browser }) => {
  const of = async (who: string) => {
    const page = await (await browser.newContext({ viewport: { width: 320, height: 700 } })).newPage();
    await signIn(page, who);
    await hydrated(page);
    await accessible(page, `the start of ${who}`);
    await noSidewaysScrolling(page);
    return page;
  };
  const tutor = await of(TUTOR);
  const away = tutor.getByRole('region', { name: 'Your students' }).getByRole('link', { name: /^\d+ of 68 (has|have) not been seen for 14 days/ });
  await expect(away).toHaveAttribute('href', `/cohorts/${demo('cohort')}?attention=not-seen`);

  const lead = await of(LEAD);
  await expect(lead.getByRole('region', { name: 'Organisations that you administer' }).getByRole('link').first()).toHaveAttribute('href', `/organisation/${demo('slug')}`);
  await expect(lead.getByRole('region', { name: 'Areas of NMP Zone that you lead' }).getByRole('listitem').first()).toBeVisible();

  const support = await of('support@demo.example');
  await support.getByLabel('Name, e-mail address or student number').fill('nobody of this name');
  await support.getByRole('button', { name: 'Search' }).click();
  await expect(heading(support, 'Support')).toBeVisible();
  await expect(support.getByText('Nobody matches.')).toBeVisible();

  // Somebody for whom nothing waits reads what there is to do.
  const member = await of('member@demo.example');
  await expect(member.getByText('Nothing waits for you here yet.')).toBeVisible();
  await member.getByRole('link', { name: 'Find your course' }).click();
  await expect(heading(member, 'My courses')).toBeVisible();
  for (const page of [tutor, lead, support, member]) await page.context().close();
});
