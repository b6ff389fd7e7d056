import { asDrawn, heading, noSidewaysScrolling } from './support/page';
import { STUDENTS, signIn } from './support/people';
import { expect, test } from './support/test';

// Practice needs no scripts: every step is a page.
for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled, viewport: { width: 320, height: 640 } });

    test('a question is answered, marked at once and worked out, and the history knows it', async ({ page }) => {
      await signIn(page, javaScriptEnabled ? STUDENTS.practises : STUDENTS.practisesPlain);
      await page.goto('/assessments/practice');
      await page.getByRole('button', { name: 'Practise Doses in units' }).click();
      await expect(heading(page, 'Doses in units')).toBeVisible();
      await expect(page.getByText('Practice, level 1: question 1 of 10')).toBeVisible();
      const box = page.getByLabel('Your answer');
      await asDrawn(page);
      await expect(box).toHaveValue('');
      await page.getByRole('button', { name: 'Check my answer' }).click();
      await expect(page.locator('.error-summary')).toContainText('Choose or enter an answer');
      await expect(box).toHaveValue('');
      await box.fill('1,5');
      await page.getByRole('button', { name: 'Check my answer' }).click();
      await expect(page.locator('#answer-problem')).toContainText('Use a full stop');
      await expect(box).toHaveValue('1,5');
      // Every question of this category has hints.
      await page.getByRole('button', { name: /Open a hint/ }).click();
      await expect(page.getByText('Hint', { exact: true }).first()).toBeVisible();
      await expect(box).toHaveValue('1,5');
      await box.fill('987654 units');
      await page.getByRole('button', { name: 'Check my answer' }).click();
      await expect(page.getByRole('heading', { name: 'Not right' })).toBeVisible();
      await expect(page.getByText('0 of 1 right in this round.')).toBeVisible();
      await expect(page.getByRole('heading', { name: 'How it is worked out' })).toBeVisible();
      await noSidewaysScrolling(page);
      // The next one contains nothing of this one.
      await page.getByRole('button', { name: 'Another of these' }).click();
      await expect(page.getByText('Practice, level 1: question 2 of 10')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Check my answer' })).toBeVisible();
      await asDrawn(page);
      await expect(box).toHaveValue('');
      await page.goBack();
      await expect(page.getByRole('heading', { name: 'Not right' })).toBeVisible();
      await page.getByRole('link', { name: 'Your history' }).click();
      await expect(page.getByRole('listitem').filter({ hasText: 'Doses in units' })).toContainText('0 of 1 right');
      await noSidewaysScrolling(page);
    });
  });
}
