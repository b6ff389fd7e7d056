import type { Page } from '@playwright/test';
import { accessible } from './support/axe';
import { demo } from './support/database';
import { SETTER } from './support/exam';
import { heading, hydrated, isSameDocument, markDocument, noSidewaysScrolling } from './support/page';
import { signIn } from './support/people';
import { expect, test } from './support/test';

// A question is written by form: previewed, saved, changed, and shown as text, with scripts and without.

/** A PNG of one dot. */
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC';

const bank = () => `/assessments/questions/${demo('organisation')}`;
/** A field by its key: several have the same label, one in each row. */
const field = (page: Page, key: string) => page.locator(`[id="${key}"]`);
const summary = (page: Page) => page.locator('.error-summary');
const press = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).click();
const draws = (page: Page) => page.getByRole('table', { name: 'Ten draws of the question' }).locator('tbody tr');

async function fill(page: Page, fields: Record<string, string>) {
  for (const [key, text] of Object.entries(fields)) await field(page, key).fill(text);
}

for (const scripts of [true, false]) {
  const how = scripts ? 'with scripts' : 'without scripts';

  test.describe(how, () => {
    test.use({ javaScriptEnabled: scripts, viewport: { width: 320, height: 640 } });
    const arrived = async (page: Page) => {
      if (scripts) await hydrated(page);
    };

    test(`a number is asked for by form, ${how}`, async ({ page }) => {
      const id = `by-form-${scripts ? 'scripts' : 'plain'}`;
      await signIn(page, SETTER);
      await page.goto(bank());
      await arrived(page);
      await page.getByRole('link', { name: 'Write a question' }).click();
      await expect(heading(page, 'Write a question')).toBeVisible();
      await arrived(page);
      if (scripts) await markDocument(page);
      if (scripts) await accessible(page, 'an empty form for a question');

      // The form has the fields of a number, and not those of other kinds.
      await expect(field(page, 'number.value')).toBeVisible();
      await expect(field(page, 'options.0.text')).toBeHidden();
      await expect(field(page, 'figure.capacity')).toBeHidden();
      await field(page, 'category').selectOption('Oral liquids');
      await fill(page, {
        id,
        'variables.0.name': 'dose',
        'variables.0.from': '50',
        'variables.0.to': '310',
        'variables.0.step': '25',
        wording: '{dose} mg is prescribed. The bottle says 100 mg in 5 mL.\n\nHow many millilitres do you give? Round to 2 decimal places.',
        'number.value': 'dose / 100 * 5',
        'number.unit': 'mL',
        'number.steps.0': '{dose} mg ÷ 100 mg × 5 mL = {answer} mL',
        'number.errors.0.name': 'Formula upside down',
        'number.errors.0.value': '100 / dose * 5',
      });
      await field(page, 'number.unit-entry').selectOption('It stands beside the box');
      await field(page, 'number.rounding').selectOption('Round your answer to 2 decimal places');

      // Another row keeps what is typed.
      await press(page, 'Add: condition');
      await expect(page).toHaveURL(/draft=/);
      await expect(field(page, 'number.value')).toHaveValue('dose / 100 * 5');
      await arrived(page);
      await expect(field(page, 'constraints.0')).toHaveValue('');

      // What is wrong stands beside its field and in the summary, which leads there.
      await press(page, 'Save the question');
      await expect(summary(page)).toContainText('does not get from 50 to 310');
      await arrived(page);
      if (scripts) await accessible(page, 'a form with a fault');
      await summary(page).getByRole('link').click();
      await expect(field(page, 'variables.0.to')).toBeFocused();
      await expect(field(page, 'variables.0.to')).toHaveAttribute('aria-invalid', 'true');
      await field(page, 'variables.0.to').fill('300');
      await press(page, 'Save the question');
      await expect(summary(page)).toContainText('is the right answer too');
      await arrived(page);
      await field(page, 'constraints.0').fill('dose != 100');

      // The preview has ten draws. With scripts it is there soon after the typing.
      if (!scripts) await press(page, 'Preview');
      await expect(page.getByText('Nothing is wrong with the question.')).toBeVisible();
      await expect(draws(page)).toHaveCount(10);
      await expect(draws(page).first()).toContainText('Formula upside down');
      const [dose, right] = [draws(page).first().locator('td').nth(0), draws(page).first().locator('td').nth(1)];
      const drawn = Number((await dose.innerText()).match(/dose: (\d+)/)![1]);
      expect(Number((await right.innerText()).match(/^([\d.]+)\smL$/)![1])).toBe(drawn / 20);
      if (scripts) await accessible(page, 'a form with its preview');
      await noSidewaysScrolling(page);

      await press(page, 'Save the question');
      await expect(page.getByText('The question is saved.')).toBeVisible();
      if (scripts) await isSameDocument(page);

      // It is looked at, and changed from there.
      await page.goto(`${bank()}?search=${id}`);
      await page.getByRole('main').locator('tbody').getByRole('link').first().click();
      await page.getByRole('link', { name: 'Change this question' }).click();
      await expect(field(page, 'wording')).toHaveValue(/^\{dose\} mg is prescribed\./);

      // It is changed in the same form, keeps its id, and is the same as text.
      await page.goto(`${bank()}?search=${id}`);
      await arrived(page);
      await page.getByRole('link', { name: `Change ${id}` }).click();
      await expect(heading(page, 'Change a question')).toBeVisible();
      await arrived(page);
      await expect(field(page, 'constraints.0')).toHaveValue('dose != 100');
      await field(page, 'id').fill(`${id}-other`);
      await press(page, 'Save the question');
      await expect(summary(page)).toContainText(`this question keeps its id: write ${id}`, { ignoreCase: true });
      await arrived(page);
      await field(page, 'id').fill(id);
      await press(page, 'Show the form as text');
      await expect(field(page, 'pasted')).toHaveValue(/\[question\.number\]\nvalue = "dose \/ 100 \* 5"/);
      await arrived(page);
      const text = await field(page, 'pasted').inputValue();
      await field(page, 'pasted').fill(text.replace('unit = ', 'unti = '));
      await press(page, 'Fill in the form from this text');
      await expect(summary(page)).toContainText('unknown field `unti`');
      await arrived(page);
      await field(page, 'pasted').fill(text.replace('difficulty = 1', 'difficulty = 2'));
      await press(page, 'Fill in the form from this text');
      await expect(field(page, 'difficulty')).toHaveValue('2');
      await arrived(page);
      await press(page, 'Save the question');
      await expect(page.getByText('The question is saved.')).toBeVisible();
    });

    test(`what is wrong is named by its field, ${how}`, async ({ page }) => {
      await signIn(page, SETTER);
      await page.goto(`${bank()}/write`);
      await arrived(page);
      await press(page, 'Save the question');
      const named = ['Category', 'Question', 'Right answer, before it is rounded'];
      await expect(summary(page).getByRole('link')).toHaveText(named.map((name) => `${name}: fill this in`));
    });

    test(`the fields are those of the kind that is chosen, ${how}`, async ({ page }) => {
      const id = `choice-by-form-${scripts ? 'scripts' : 'plain'}`;
      await signIn(page, SETTER);
      await page.goto(`${bank()}/write`);
      await arrived(page);
      await field(page, 'kind').selectOption('One of several options');
      await expect(field(page, 'options.0.text')).toBeVisible();
      await expect(field(page, 'number.value')).toBeHidden();
      await field(page, 'figure.kind').selectOption('A label');
      await expect(field(page, 'figure.title')).toBeVisible();
      await expect(field(page, 'figure.capacity')).toBeHidden();
      await field(page, 'variables.0.how').selectOption('One of a list');
      await expect(field(page, 'variables.0.values')).toBeVisible();
      await expect(field(page, 'variables.0.from')).toBeHidden();
      await field(page, 'category').selectOption('Reading charts and labels');
      await fill(page, {
        id,
        'variables.0.name': 'drug',
        'variables.0.values': 'Digoxin\nRamipril',
        'figure.title': '{drug}',
        'figure.lines': 'Tablets',
        wording: 'Which medicine is it?',
        'options.0.text': '{drug}',
        explanation: 'The label names it first.',
      });
      await field(page, 'options.0.right').check();
      await press(page, 'Add: option');
      await arrived(page);
      await expect(field(page, 'options.0.right')).toBeChecked();
      await expect(field(page, 'kind')).toHaveValue('single-choice');
      await fill(page, { 'options.1.text': 'Aspirin', 'options.1.why': 'The label does not name it.' });
      await press(page, 'Preview');
      await expect(page.getByText('Nothing is wrong with the question.')).toBeVisible();
      await expect(draws(page)).toHaveCount(10);
      await arrived(page);
      await page.getByText('The whole question, draw 1', { exact: true }).click();
      if (scripts) await accessible(page, 'a choice with a label');
      await press(page, 'Save the question');
      await expect(page.getByText('The question is saved.')).toBeVisible();
    });

    test(`a picture is brought with what it shows, ${how}`, async ({ page }) => {
      await signIn(page, SETTER);
      await page.goto(`${bank()}/write`);
      await arrived(page);
      await field(page, 'wording').fill('Which medicine is on the chart?');
      await field(page, 'figure.kind').selectOption('A picture of your own');
      await press(page, 'Bring a picture');
      await expect(page.getByRole('heading', { name: 'Bring a picture' })).toBeVisible();
      await arrived(page);
      if (scripts) await accessible(page, 'a form for a picture');
      const file = { name: 'chart.png', mimeType: 'image/png', buffer: Buffer.from(DOT, 'base64') };
      await page.getByLabel('Picture', { exact: true }).setInputFiles(file);
      await press(page, 'Bring this picture');
      await expect(summary(page)).toContainText('for people who do not see it');
      await arrived(page);
      await page.getByLabel('Picture', { exact: true }).setInputFiles(file);
      await field(page, 'alt').fill('A drug chart with one line: digoxin');
      await press(page, 'Bring this picture');
      await expect(page.getByRole('img', { name: 'A drug chart with one line: digoxin' })).toBeVisible();
      await arrived(page);
      // What was typed before is there, and the picture is in each draw.
      await expect(field(page, 'wording')).toHaveValue('Which medicine is on the chart?');
      await expect(field(page, 'figure.alt')).toHaveValue('A drug chart with one line: digoxin');
      const natural = await page.locator('.for-picture img').evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth));
      expect(natural).toBe(1);
      if (scripts) await accessible(page, 'a form with a picture');
    });
  });
}
