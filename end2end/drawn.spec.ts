import { expect, test, type Page } from '@playwright/test';
import { demo } from './support/database';
import { modules } from './support/content';
import { come, heading, hydrated } from './support/page';
import { PASSWORD, STUDENTS, TUTOR, tryToSignIn } from './support/people';
import { watch } from './support/watch';

// Every page in its states, for every role, as a first page that the application takes over and as one that is come to by a link. What
// the server drew stands as it was drawn, and the browser has nothing to complain of.

const [module] = modules;
const FOUND = 200;
const GONE = 404;
/** `without`: it says without scripts how it is done without them. */
type Row = [path: string, status: number, differs?: 'without'];

/** What changes by itself while it is looked at, and what the browser adds. */
const LIVE = '#timer, [role="timer"], .saved-line, #now .hint, [aria-live]';

/** The text of the page as the server sent it, and as it stands. */
async function standsAsDrawn(page: Page, sent: string) {
  const differs = await page.evaluate(
    ([sent, live]) => {
      const words = (root: Document) => {
        const main = root.querySelector('main')!.cloneNode(true) as HTMLElement;
        for (const part of main.querySelectorAll(`${live}, script`)) part.remove();
        return main.textContent!.split(/\s+/).filter(Boolean);
      };
      const [drawn, now] = [words(new DOMParser().parseFromString(sent, 'text/html')), words(document)];
      const at = now.findIndex((word, n) => word !== drawn[n]);
      return at < 0 && drawn.length === now.length ? '' : `${drawn.slice(at - 3, at + 6).join(' ')} | ${now.slice(at - 3, at + 6).join(' ')}`;
    },
    [sent, LIVE] as const,
  );
  expect(differs, `${page.url()} is not as it was drawn`).toBe('');
}

/** The server says that it is not there, or that a reason is wanted, which is true; and the browser repeats it. */
const isSaid = (fault: string) => /: 40[34]: |status of 40[34]/.test(fault);

async function all(page: Page, home: string, rows: Row[]) {
  const { faults } = await watch(page);
  const wrong = () => faults.filter((fault) => !isSaid(fault));
  const headings = new Map<string, string>();
  for (const [path, status, differs] of rows) {
    await test.step(`${path} as a first page`, async () => {
      const answer = await page.goto(path);
      expect(answer!.status(), path).toBe(status);
      const sent = await answer!.text();
      await hydrated(page);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      headings.set(path, await page.getByRole('heading', { level: 1 }).innerText());
      if (!differs) await standsAsDrawn(page, sent);
      expect(wrong(), path).toEqual([]);
    });
  }
  await page.goto(home);
  await hydrated(page);
  for (const [path] of rows) {
    await test.step(`${path} by a link`, async () => {
      await come(page, path);
      await expect(page).toHaveURL(new RegExp(`${path.replace(/[?.+]/g, '\\$&')}$`));
      await expect(heading(page, headings.get(path)!)).toBeVisible();
      await hydrated(page);
      expect(wrong(), path).toEqual([]);
    });
  }
}

async function enter(page: Page, email: string) {
  await page.goto('/sign-in');
  await tryToSignIn(page, email, PASSWORD);
  await expect(heading(page, /^Hello, /)).toBeVisible();
}

test('signed out', async ({ page }) => {
  await all(page, '/', [
    ['/', FOUND],
    ['/sign-in', FOUND],
    ['/forgotten-password', FOUND],
    ['/forgotten-password/sent', FOUND],
    ['/choose-password/done', FOUND],
    ['/choose-password/no-such-link', GONE],
    [`/verify/${demo('code')}`, FOUND],
    ['/verify/NONE', GONE],
    ['/nowhere/at/all', GONE],
  ]);
});

test('a learner who has begun, and one who has not', async ({ page }) => {
  await enter(page, STUDENTS.drawnLearner);
  await all(page, '/learn', [
    ['/', FOUND],
    ['/account', FOUND],
    ['/learn', FOUND],
    ['/learn/nmp', FOUND],
    [`/learn/nmp/${module.slug}`, FOUND],
    [`/learn/nmp/${modules[8].slug}`, FOUND],
    [`/learn/nmp/${module.slug}/${module.pages[0].slug}`, FOUND],
    [`/learn/nmp/${module.slug}/${module.pages.at(-1)!.slug}`, FOUND],
    [`/learn/nmp/${module.slug}/check`, FOUND],
    ['/cohorts', FOUND],
    [`/cohorts/${demo('cohort')}`, GONE],
    ['/learn/nowhere', GONE],
    ['/learn/nmp/nowhere', GONE],
    [`/learn/nmp/${module.slug}/nowhere`, GONE],
    ['/nowhere', GONE],
  ]);
});

test('a candidate', async ({ page }) => {
  await enter(page, demo('candidate'));
  const sitting = `/assessments/sittings/${demo('sitting')}`;
  await all(page, '/learn', [
    ['/assessments', FOUND],
    [`/assessments/start/${demo('open')}`, FOUND],
    [`${sitting}/receipt`, FOUND],
    [`${sitting}/result`, FOUND],
    ['/assessments/practice', FOUND],
    ['/assessments/practice/00000000-0000-0000-0000-000000000000', GONE],
    ['/assessments/start/00000000-0000-0000-0000-000000000000', GONE],
    ['/assessments/sittings/00000000-0000-0000-0000-000000000000', GONE],
    ['/assessments/papers', GONE],
    [`/assessments/papers/${demo('sat')}`, GONE],
  ]);
});

test('a room and a question of practice', async ({ page }) => {
  await enter(page, 'learner@demo.example');
  await page.goto(`/assessments/start/${demo('open')}`);
  await page.getByRole('button', { name: 'Start now' }).click();
  await expect(page).toHaveURL(/\/assessments\/sittings\//);
  const room = new URL(page.url()).pathname;
  await page.goto('/assessments/practice');
  await page.getByRole('button', { name: 'Start practising' }).click();
  await expect(page).toHaveURL(/\/practice\/./);
  await all(page, '/account', [
    [room, FOUND, 'without'],
    [new URL(page.url()).pathname, FOUND],
    ['/assessments', FOUND],
    ['/learn', FOUND],
  ]);
});

test('a tutor', async ({ page }) => {
  await enter(page, TUTOR);
  const cohort = `/cohorts/${demo('cohort')}`;
  await all(page, '/account', [
    ['/', FOUND],
    ['/learn', FOUND],
    ['/learn/nmp', GONE],
    ['/cohorts', FOUND],
    [cohort, FOUND],
    [`${cohort}?search=nobody+of+this+name`, FOUND],
    ['/assessments', FOUND],
  ]);
});

for (const who of ['setter@demo.example', 'support@demo.example']) {
  test(`${who}: papers`, async ({ page }) => {
    await enter(page, who);
    const sat = `/assessments/papers/${demo('sat')}`;
    const [bank, given] = ['questions', 'adjustments'].map((part) => `/assessments/${part}/${demo('organisation')}`);
    const parts = ['', '/candidates', '/change', '/preview', '/results', '/items', `/sittings/${demo('sitting')}`];
    // Support is asked for a reason first, which is a page of its own.
    const status = who.startsWith('setter') ? FOUND : 403;
    const pages: Row[] = [...parts.map((part): Row => [sat + part, status]), [bank, FOUND], [given, status], ['/assessments/papers', FOUND]];
    await all(page, '/account', status === FOUND ? [...pages, [`${bank}/00000000-0000-0000-0000-000000000000`, GONE]] : pages);
    if (status !== FOUND) return;
    await page.goto('/assessments/papers');
    await hydrated(page);
    await page.getByLabel('Title', { exact: true }).fill('Drawn');
    await page.getByLabel('Mock paper').check();
    await page.getByRole('button', { name: 'Create a draft' }).click();
    await expect(heading(page, 'Drawn')).toBeVisible();
    const draft = new URL(page.url()).pathname;
    for (const part of ['', '/settings', '/questions', '/candidates', '/preview', '/publish']) {
      const answer = await page.goto(draft + part);
      await hydrated(page);
      await standsAsDrawn(page, await answer!.text());
    }
  });
}
