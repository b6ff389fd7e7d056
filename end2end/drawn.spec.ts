import type { Page } from '@playwright/test';
import { demo } from './support/database';
import { modules } from './support/content';
import { linkFor } from './support/mail';
import { come, heading, hydrated, isSameDocument, markDocument } from './support/page';
import { INVITED, LEAD, PASSWORD, STAFF, STUDENTS, TUTOR, tryToSignIn } from './support/people';
import { expect, test } from './support/test';
import { watch } from './support/watch';

// Every page in its states, for every role, as a first page that the application takes over and as one reached by a
// link. The server's page stays as drawn, and the browser reports no problem.

const [module] = modules;
const FOUND = 200;
const GONE = 404;
/** `without`: without scripts the page has other words. */
type Row = [path: string, status: number, differs?: 'without'];

/** Parts that change by themselves, and additions of the browser. */
const LIVE = '.time-left, .saved-line, #now .hint, [aria-live]';

/** The text of a page: of the server's document, or of the current one. */
function words(page: Page, sent?: string): Promise<string[]> {
  return page.evaluate(
    ([live, sent]) => {
      const root = sent === undefined ? document : new DOMParser().parseFromString(sent, 'text/html');
      const main = root.querySelector('main')!.cloneNode(true) as HTMLElement;
      for (const part of main.querySelectorAll(`${live}, script`)) part.remove();
      return main.textContent!.split(/\s+/).filter(Boolean);
    },
    [LIVE, sent] as const,
  );
}

/** The first difference between two texts, with its surroundings; empty if there is none. */
function difference(drawn: string[], now: string[], around = 5, between = ' '): string {
  const all = Math.max(drawn.length, now.length);
  const at = Array.from({ length: all }, (_, n) => n).find((n) => drawn[n] !== now[n]);
  if (at === undefined) return '';
  return [drawn, now].map((text) => text.slice(Math.max(0, at - around), at + around).join(between)).join(' | ');
}

/** The same except for spaces: the server sends one for an empty text. */
const differentLetters = (drawn: string[], now: string[]) => difference([...drawn.join('')], [...now.join('')], 40, '');

/** The text of the page as the server sent it, and as it is now. */
async function standsAsDrawn(page: Page, sent: string) {
  expect(difference(await words(page, sent), await words(page)), `${page.url()} is not as it was drawn`).toBe('');
}

/**
 * Of a page that is missing, or needs a reason first, the browser reports the server's status: for its own address, or
 * for the function of a page reached by a link. Every other report of a failed request is a fault.
 */
function isSaid(fault: string, status: number, of: RegExp): boolean {
  const said = fault.split(': ').slice(1).join(': ');
  return status !== FOUND && (said.startsWith(`${status}: `) || said.includes(`status of ${status} `)) && of.test(said);
}

async function all(page: Page, home: string, rows: Row[]) {
  const { faults } = await watch(page);
  const { origin } = new URL(test.info().project.use.baseURL!);
  const first = new Map<string, { title: string; words: string[] }>();
  const plain = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const nothingWrong = (path: string, status: number, functions = '') => {
    const of = new RegExp(`${plain(origin)}(${plain(path)}${functions})( |$)`);
    expect(faults.splice(0).filter((fault) => !isSaid(fault, status, of)), path).toEqual([]);
  };
  for (const [path, status, differs] of rows) {
    await test.step(`${path} as a first page`, async () => {
      const answer = await page.goto(path);
      expect(answer!.status(), path).toBe(status);
      const sent = await answer!.text();
      await hydrated(page);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      first.set(path, { title: await page.getByRole('heading', { level: 1 }).innerText(), words: await words(page) });
      if (!differs) await standsAsDrawn(page, sent);
      nothingWrong(path, status);
    });
  }
  await page.goto(home);
  await hydrated(page);
  let before = home;
  for (const [path, status, differs] of rows) {
    await test.step(`${path} by a link`, async () => {
      const drawn = async () => words(page, await (await page.request.get(path)).text());
      // Changes by other tests meanwhile are in one or the other.
      const either = [differs ? first.get(path)!.words : await drawn()];
      await markDocument(page);
      await come(page, path);
      await expect(page).toHaveURL(new RegExp(`${plain(path)}$`));
      await expect(heading(page, first.get(path)!.title)).toBeVisible();
      await hydrated(page);
      if (status === FOUND) await isSameDocument(page);
      const stands = await words(page);
      if (!differs) either.push(await drawn());
      const otherwise = (now: string[]) => {
        const differences = either.map((drawn) => differentLetters(drawn, now));
        return differences.every(Boolean) ? differences : [];
      };
      const message = `${path}, come to by a link, is not as it is drawn`;
      // The address of a list that is searched by a link changes at once, and its rows when they have arrived.
      if (path.split('?')[0] === before) await expect.poll(async () => otherwise(await words(page)), { message }).toEqual([]);
      else expect(otherwise(stands), message).toEqual([]);
      before = path.split('?')[0];
      nothingWrong(path, status, '|/api/[a-z_/]+');
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
    ['/activate/new', FOUND],
    ['/activate/done', FOUND],
    ['/activate/no-such-link', GONE],
    [new URL(await linkFor(INVITED.drawn, 'activate')).pathname, FOUND],
    ['/stop-reminders/done', FOUND],
    ['/stop-reminders/no-such-link', FOUND],
    ['/stop-own-reminders/done', FOUND],
    ['/stop-own-reminders/no-such-link', FOUND],
    ['/register', FOUND],
    ['/register/sent', FOUND],
    ['/register/done', FOUND],
    ['/register/no-such-link', GONE],
    ['/consent-withdrawn', FOUND],
    ['/display', FOUND],
    ['/help', FOUND],
    ['/accessibility', FOUND],
    ['/privacy', FOUND],
    ['/zone', FOUND],
    ['/zone/north-prescribers/join', FOUND],
    ['/zone/nowhere/join', GONE],
    ['/stop-messages/done', FOUND],
    ['/stop-messages/no-such-link', FOUND],
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
    ['/account/second-factor', FOUND],
    ['/account/withdraw', FOUND],
    ['/account/reminders', FOUND],
    ['/sign-in/code', FOUND],
    ['/offline', FOUND],
    ['/learn', FOUND],
    ['/learn/nmp', FOUND],
    [`/learn/nmp/${module.slug}`, FOUND],
    [`/learn/nmp/${modules[8].slug}`, FOUND],
    [`/learn/nmp/${module.slug}/${module.pages[0].slug}`, FOUND],
    [`/learn/nmp/${module.slug}/${module.pages.at(-1)!.slug}`, FOUND],
    [`/learn/nmp/${module.slug}/${module.pages[0].slug}/note`, FOUND],
    [`/learn/nmp/${module.slug}/print`, FOUND],
    [`/learn/nmp/${module.slug}/check`, FOUND],
    ['/learn/nmp/end', FOUND],
    ['/learn/nmp/search', FOUND],
    ['/learn/nmp/search?search=dose', FOUND],
    ['/learn/nmp/search?search=qqqqqqqq', FOUND],
    ['/learn/nmp/glossary', FOUND],
    ['/learn/nmp/notes', FOUND],
    ['/learn/record', FOUND],
    ['/learn/record/nmp/nowhere', GONE],
    ['/cohorts', FOUND],
    [`/cohorts/${demo('cohort')}`, GONE],
    ['/learn/nowhere', GONE],
    ['/learn/nowhere/search?search=dose', GONE],
    ['/learn/nowhere/glossary', GONE],
    ['/learn/nowhere/notes', GONE],
    ['/learn/nmp/nowhere', GONE],
    [`/learn/nmp/${module.slug}/nowhere`, GONE],
    [`/learn/nmp/${module.slug}/nowhere/note`, GONE],
    ['/learn/nmp/nowhere/print', GONE],
    ['/nowhere', GONE],
  ]);
});

test('somebody who has completed a course', async ({ page }) => {
  await enter(page, STAFF.drawn);
  await all(page, '/account', [
    ['/learn/nmp', FOUND],
    ['/learn/nmp/end', FOUND],
    ['/learn/record', FOUND],
    [`/learn/record/nmp/${module.slug}`, FOUND],
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
    [`${cohort}?attention=behind`, FOUND],
    [`${cohort}/progress`, FOUND],
    [`${cohort}/dates`, FOUND],
    [`${cohort}/remind`, FOUND, 'without'],
    [`${cohort}/remind?search=nobody+of+this+name`, FOUND],
    [`${cohort}/students/00000000-0000-0000-0000-000000000000`, GONE],
    ['/stop-cohort-reminders/none', FOUND],
    ['/stop-cohort-reminders/done', FOUND],
    ['/assessments', FOUND],
  ]);
});

test('an administrator of an organisation', async ({ page }) => {
  await enter(page, LEAD);
  const base = `/organisation/${demo('slug')}`;
  await all(page, '/account', [
    ['/', FOUND],
    ['/cohorts', FOUND],
    [base, FOUND],
    [`${base}/people`, FOUND],
    [`${base}/people?search=nobody+of+this+name&team=x`, FOUND],
    [`${base}/people/new`, FOUND],
    [`${base}/sponsored`, FOUND],
    [`${base}/cohorts`, FOUND],
    [`${base}/cohorts/${demo('cohort')}`, FOUND],
    [`${base}/courses`, FOUND],
    [`${base}/reports`, FOUND],
    [`${base}/reports?search=nobody+of+this+name&team=x&state=completed`, FOUND],
    [`${base}/uploads`, FOUND],
    [`${base}/uploads/${demo('upload')}`, FOUND],
    [`${base}/feedback`, FOUND],
    [`${base}/uploads/00000000-0000-0000-0000-000000000000`, GONE],
    ['/organisation/nowhere', GONE],
  ]);
});

test('support', async ({ page }) => {
  await enter(page, 'support@demo.example');
  // Nobody is there: whether there is a person is told with a reason only.
  await all(page, '/account', [
    ['/', FOUND],
    ['/support', FOUND],
    ['/support?search=nobody+of+this+name', FOUND],
    ['/support/feedback?search=nothing+like+this', FOUND],
    ['/support/people/00000000-0000-0000-0000-000000000000', 403],
  ]);
});

test('a member and a lead of an area of the Zone', async ({ page, browser }) => {
  const area = '/zone/north-prescribers';
  await enter(page, 'member@demo.example');
  await page.goto(`${area}/directory?search=Demo+Lead`);
  const lead = await page.getByRole('main').getByRole('link', { name: 'Demo Lead', exact: true }).getAttribute('href');
  await all(page, '/account', [
    ['/zone', FOUND],
    ['/zone/leave', FOUND],
    ['/zone/left', FOUND],
    ['/zone/wales-prescribers/join', FOUND],
    ['/zone/wales-prescribers', GONE],
    ['/zone/nowhere/directory', GONE],
    [area, FOUND],
    [`${area}/directory?search=Kowalski&sort=name`, FOUND],
    [`${area}/directory?search=nobody-of-this-name`, FOUND],
    [lead!, FOUND],
    [`${area}/members/00000000-0000-0000-0000-000000000000`, GONE],
    [`${area}/profile`, FOUND],
    [`${area}/contacts`, FOUND],
    [`${area}/resources`, FOUND],
    [`${area}/resources/00000000-0000-0000-0000-000000000000`, GONE],
    [`${area}/messages`, FOUND],
    [`${area}/applications`, GONE],
    [`${area}/reports`, GONE],
    [`${area}/leave`, FOUND],
  ]);
  const leads = await (await browser.newContext()).newPage();
  await enter(leads, LEAD);
  await all(leads, '/account', [
    [`${area}/applications`, FOUND],
    [`${area}/reports`, FOUND],
    [`${area}/contacts`, FOUND],
  ]);
  await leads.context().close();
});

for (const who of ['setter@demo.example', 'support@demo.example']) {
  test(`${who}: papers`, async ({ page }) => {
    await enter(page, who);
    const sat = `/assessments/papers/${demo('sat')}`;
    const [bank, given] = ['questions', 'adjustments'].map((part) => `/assessments/${part}/${demo('organisation')}`);
    const parts = ['', '/candidates', '/change', '/preview', '/results', '/items', `/sittings/${demo('sitting')}`];
    // Support first has to give a reason, on a page of its own.
    const status = who.startsWith('setter') ? FOUND : 403;
    const pages: Row[] = [...parts.map((part): Row => [sat + part, status]), [bank, FOUND], [`${bank}/write`, FOUND], [given, status], ['/questions?category=oral-liquids', FOUND], ['/questions/00000000-0000-0000-0000-000000000000', GONE], ['/assessments/papers', FOUND], ['/assessments/organisations', FOUND], ['/', FOUND]];
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
