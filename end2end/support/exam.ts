import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import { shown } from './database';
import { arrivedAt, asDrawn, heading } from './page';
import { signIn } from './people';

export const SETTER = 'setter@demo.example';

/** The path of a paper's own page. */
export const PAPER = /^\/assessments\/papers\/[0-9a-f-]{36}$/;

export interface Paper {
  title: string;
  /** Upper case; no other paper may have it. */
  code: string;
  minutes?: number;
  /** The number of hours until it closes. */
  closes?: number;
  emails?: string[];
  calculator?: boolean;
  /** Category's title, or the id of a question as `id (Category, difficulty 1)`, and how many. By default questions with a number as the answer. */
  questions?: [string, number][];
}

/** This number of hours from now in Europe/London, as a date and time input takes it. */
export function local(hours: number): string {
  const time = new Date(Date.now() + hours * 3_600_000);
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'short' });
  return parts.format(time).replace(' ', 'T');
}

const WRITTEN: Record<string, string> = { d: 'D', iv: 'IV', im: 'IM', iu: 'IU', ml: 'mL', nhs: 'NHS', od: 'OD', si: 'SI', u: 'U', email: 'e-mail' };

/** The title of a question, from the id of its template: see `titled` in domain/src/assessment/bank/browse.rs. */
export function titled(id: string): string {
  const words = id.split('-').map((word) => WRITTEN[word] ?? word).join(' ');
  return words.startsWith('mL') ? words : words[0].toUpperCase() + words.slice(1);
}

/** Creates a draft and its settings through the pages; returns its address. The form shows the stored values, before and after. */
export async function draftPaper(page: Page, paper: Paper): Promise<string> {
  await page.goto('/assessments/papers');
  await asDrawn(page);
  const title = page.getByLabel('Title', { exact: true });
  await expect(title).toHaveValue('');
  await expect(page.locator('#create input:checked')).toHaveCount(0);
  await title.fill(paper.title);
  await page.getByLabel('Mock paper').check();
  await page.getByRole('button', { name: 'Create a draft' }).click();
  await expect(heading(page, paper.title)).toBeVisible();
  const address = await arrivedAt(page, PAPER);

  const fields = {
    Opens: local(-1),
    Closes: local(paper.closes ?? 48),
    'Time limit in minutes': `${paper.minutes ?? 30}`,
    'Pass mark in %': '50',
    'Access code (optional)': paper.code,
  };
  const calculator = page.getByLabel('Calculator on the screen');
  const shows = async (calculates: boolean) => {
    await asDrawn(page);
    await expect(title).toHaveValue(paper.title);
    await expect(page.getByLabel('Mock paper')).toBeChecked();
    await expect(calculator).toBeChecked({ checked: calculates });
  };
  await page.goto(`${address}/settings`);
  await shows(false);
  await expect(page.getByLabel('Access code (optional)')).toHaveValue('');
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
  await calculator.setChecked(paper.calculator ?? false);
  await page.getByRole('button', { name: 'Save the settings' }).click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await page.goto(`${address}/settings`);
  await shows(paper.calculator ?? false);
  for (const [label, value] of Object.entries(fields)) await expect(page.getByLabel(label)).toHaveValue(value);
  return address;
}

/** Sets a paper through the pages, from the draft to its publication; returns its address. Works with scripts and without. */
export async function setPaper(page: Page, paper: Paper): Promise<string> {
  const address = await draftPaper(page, paper);
  await page.goto(`${address}/questions`);
  await page.getByLabel('Title of the section').fill('Numeracy');
  await page.getByRole('button', { name: 'Add the section' }).click();
  for (const [n, [asked, count]] of (paper.questions ?? [['Doses in units', 3]]).entries()) {
    if (n > 0) await page.goto(`${address}/questions`);
    // With the first questions in it, the section keeps its form folded.
    if (n > 0) await page.getByText('Add questions', { exact: false }).first().click();
    await asDrawn(page);
    const one = asked.match(/^(.+) \((.+), difficulty \d\)$/);
    if (one) {
      // Category first, then the question by its title.
      await page.locator('.categories').getByRole('link', { name: one[2], exact: true }).click();
      await expect(page.getByText(`Questions about: ${one[2]}`)).toBeVisible();
      await asDrawn(page);
      await expect(page.getByLabel('Any of them, drawn when you publish')).toBeChecked();
      await page.getByLabel(titled(one[1]), { exact: true }).check();
    } else {
      const about = page.getByLabel('About');
      await expect(about).toHaveValue('');
      await about.selectOption({ label: asked });
    }
    await expect(page.getByLabel('How many questions')).toHaveValue('');
    await page.getByLabel('How many questions').fill(`${count}`);
    await page.getByLabel('Marks for each').fill('1');
    await page.getByRole('button', { name: 'Add the questions' }).click();
    await expect(page.getByRole('row').filter({ hasText: one ? titled(one[1]) : asked })).toBeVisible();
  }
  if (paper.emails) {
    await page.goto(`${address}/candidates`);
    await page.getByLabel('Learners by e-mail address (optional)').fill(paper.emails.join('\n'));
    await page.getByRole('button', { name: 'Save the candidates' }).click();
    await expect(page).toHaveURL(new RegExp(`${address}(\\?done=saved)?$`));
    await page.goto(`${address}/candidates`);
    await asDrawn(page);
    await expect(page.getByLabel('Learners by e-mail address (optional)')).toHaveValue('');
    // The first page of the list has so many.
    const shown = [...paper.emails].sort().slice(0, 50);
    for (const email of shown) await expect(page.getByRole('checkbox', { name: `Choose ${email}` })).not.toBeChecked();
  }
  await page.goto(`${address}/publish`);
  await expect(page.getByLabel('I have checked this paper')).not.toBeChecked();
  await page.getByLabel('I have checked this paper').check();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  return address;
}

/** The setter's own browser, signed in. */
export async function setter(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, SETTER);
  return page;
}

/** Finds a paper by its code and starts the clock; returns the address of the room. */
export async function start(page: Page, code: string): Promise<string> {
  await page.goto('/assessments');
  await asDrawn(page);
  await page.getByLabel('Access code').fill(code);
  await page.getByRole('button', { name: 'Find the paper' }).click();
  await page.getByRole('button', { name: 'Start now' }).click();
  await expect(page).toHaveURL(/\/assessments\/sittings\//);
  return new URL(page.url()).pathname;
}

/** Turns to a question by the panel, and arrives there. */
export async function turnTo(page: Page, n: number, of: number) {
  await page.getByRole('navigation', { name: 'Questions' }).getByRole('button', { name: new RegExp(`^Question ${n}\\b`) }).click();
  await question(page, n, of);
}

export function box(page: Page): Locator {
  return page.getByLabel('Your answer');
}

/** The only link in the header of an exam room. */
export function home(page: Page): Locator {
  return page.getByRole('banner').getByRole('link');
}

/** The button that ends a sitting: "Submit my answers", or "Submit 9 of 10 answers". */
export const SUBMIT = /^Submit (my answers|\d+ of \d+ answers?)$/;

/** The buttons that turn the page; their words differ with and without scripts. */
export function onward(page: Page): Locator {
  return page.locator('.actions').getByRole('button', { name: /^(Next|Save and next|Review your answers|Save and review your answers)$/ });
}

/** Arrives at a question: its controls show only its own answer. */
export async function question(page: Page, n: number, of: number) {
  await expect(page.getByRole('heading', { name: new RegExp(`^Question ${n} of ${of}`) })).toBeVisible();
  await asDrawn(page);
  await agrees(page);
}

/** The panel describes the question as its controls show it. */
export async function agrees(page: Page) {
  const here = page.getByRole('navigation', { name: 'Questions' }).locator('[aria-current]');
  const both = async () => {
    const { response, flagged } = await shown(page);
    const seen = `${response ? ', answered' : ', not answered'}${flagged ? ', flagged' : ''}`;
    // An unreadable answer is an answer all the same, and is described as one.
    return [seen, (await here.textContent())!.replace(/^Question \d+/, '').replace(/cannot be read|no unit chosen/, 'answered')];
  };
  await expect.poll(async () => new Set(await both()).size, { message: 'the panel says what the controls show' }).toBe(1);
}

export async function saved(page: Page) {
  await expect(page.locator('.saved-line[data-saved]')).toHaveText(/^Saved \d/);
}
