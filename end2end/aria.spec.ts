import { modules } from './support/content';
import { demo } from './support/database';
import { SUBMIT, agrees, box, onward, question, saved, setPaper, setter, start, turnTo } from './support/exam';
import { heading, hydrated, open } from './support/page';
import { STUDENTS, TUTOR, signIn } from './support/people';
import { expect, test } from './support/test';

// What a screen reader is given of the parts that are drawn rather than written: roles, names and texts, in their order. Numbers that
// depend on the day or on the data are patterns.

/** As one line of a snapshot, whatever the text has in it. */
const line = (text: string) => `'${text.replaceAll("'", "''")}'`;

test('the wheel says how far one is, and under it lists every module with its state', async ({ page }) => {
  await signIn(page, STUDENTS.readAloudWheel);
  await open(page, '/learn/nmp');
  const wheel = page.locator('#wheel');
  const face = wheel.getByRole('progressbar', { name: 'Your progress' });
  await expect(wheel).toMatchAriaSnapshot(`
    - progressbar "Your progress"
    - group: /^\\d+ of ${modules.length} modules completed. show the list$/
  `);
  await wheel.locator('summary').click();
  const listed = modules.map(({ title }) => `
        - listitem:
          - ${line(`link ${JSON.stringify(title)}`)}
          - text: /^(Completed|In progress|Not yet started)$/`);
  await expect(wheel).toMatchAriaSnapshot(`
    - progressbar "Your progress"
    - group:
      - text: /^\\d+ of ${modules.length} modules completed. show the list$/
      - list:
        - /children: equal${listed.join('')}
  `);
  // The drawing has no words of its own: its value says what the list says.
  const done = await wheel.locator('.status').filter({ hasText: 'Completed' }).count();
  await expect(face).toHaveAttribute('aria-valuetext', `${done} of ${modules.length} modules completed`);
  await expect(face).toHaveAttribute('aria-valuenow', `${Math.floor((done * 100) / modules.length)}`);
});

test('the exam room says time, safety and the state of each question, and the results how the marks are distributed', async ({ page, browser }) => {
  const setterPage = await setter(browser);
  const questions: [string, number][] = [['heparin-volume (Doses in units, difficulty 1)', 3]];
  const address = await setPaper(setterPage, { title: 'Read aloud', code: 'READALOUD1', questions });
  await signIn(page, STUDENTS.readAloudRoom);
  await start(page, 'READALOUD1');
  await hydrated(page);
  await question(page, 1, 3);

  // What is new in them is spoken by the three quiet statuses: the time, whether answers are safe, and notices.
  await expect(page.locator('.room-top')).toMatchAriaSnapshot(`
    - paragraph: /^Time left \\d+:\\d\\d Ends at .+, UK time$/
    - button "Hide the time"
    - status
    - paragraph: Your answers are saved as you go
    - status
    - status
  `);
  await expect(page.locator('.question-form')).toMatchAriaSnapshot(`
    - paragraph: Numeracy
    - heading "Question 1 of 3 1 mark" [level=2]
    - paragraph: /units of heparin are prescribed/
    - paragraph: /^How many millilitres/
    - text: Your answer
    - paragraph: /^Round your answer to /
    - textbox "Your answer"
    - text: mL
    - checkbox "Flag this question, to come back to it"
    - text: Flag this question, to come back to it
    - button "Next"
    - navigation "Questions":
      - list:
        - listitem:
          - button /^Question 1 ?, not answered$/
        - listitem:
          - button /^Question 2 ?, not answered$/
        - listitem:
          - button /^Question 3 ?, not answered$/
        - listitem:
          - button "Review"
  `);

  await box(page).fill('987654');
  await turnTo(page, 3, 3);
  await page.getByLabel('Flag this question').check();
  await agrees(page);
  await saved(page);
  const panel = page.getByRole('navigation', { name: 'Questions' });
  await expect(panel).toMatchAriaSnapshot(`
    - navigation "Questions":
      - list:
        - /children: equal
        - listitem:
          - button /^Question 1 ?, answered$/
        - listitem:
          - button /^Question 2 ?, not answered$/
        - listitem:
          - button /^Question 3 ?, not answered, flagged$/
        - listitem:
          - button "Review"
      - paragraph: /^Answered ?Not answered ?Cannot be read ?Flagged ?This question$/
  `);
  await expect(panel.locator('[aria-current="true"]')).toHaveText(/^Question 3/);
  await expect(page.locator('.room-bar')).toMatchAriaSnapshot(`
    - paragraph: /^Saved \\d/
  `);

  await onward(page).click();
  await expect(page.locator('.room-body')).toMatchAriaSnapshot(`
    - heading "Review your answers" [level=2]
    - status: 2 questions are not answered yet.
    - heading "Look at these before you submit" [level=3]
    - list:
      - /children: equal
      - listitem:
        - link "Question 2"
        - text: ", not answered"
      - listitem:
        - link "Question 3"
        - text: ", not answered, flagged"
    - list:
      - /children: equal
      - listitem:
        - link "Question 1"
        - paragraph: 987654 mL
        - text: Answered
      - listitem:
        - link "Question 2"
        - text: Not answered
      - listitem:
        - link "Question 3"
        - text: Flagged Not answered
    - heading "Submit" [level=3]
    - paragraph: When you submit, your answers are marked as they stand. You cannot change them afterwards.
    - button "Submit 1 of 3 answers"
  `);
  await page.getByRole('button', { name: SUBMIT }).click();
  await expect(page).toHaveURL(/\/receipt$/);

  await open(setterPage, `${address}/results`);
  await expect(setterPage.getByText('The median is 0 of 3 marks: half of the sittings have as many or more, and half as many or fewer.')).toBeVisible();
  const bands = Array.from({ length: 10 }, (_, n) => `${n * 10}–${n === 9 ? 100 : n * 10 + 9}%`);
  const rows = bands.map((band, n) => `
            - row:
              - rowheader "${band}"
              - cell "${n === 0 ? 1 : 0}"`);
  await expect(setterPage.locator('#marks-chart')).toMatchAriaSnapshot(`
    - figure "Sittings by mark":
      - text: Sittings by mark
      - paragraph: The marks of 1 sitting, counted in bands of ten per cent. The fullest band is 0–9%, with 1 sitting.
      - img "Sittings by mark"
      - list:
        - listitem: "Pass mark: 50%"
      - region "Sittings by mark":
        - table "Sittings by mark":
          - rowgroup:
            - row:
              - columnheader "Share of the marks"
              - columnheader "Sittings"
          - rowgroup:
            - /children: equal${rows.join('')}
  `);
  await expect(setterPage.getByRole('table', { name: 'Marks by category' })).toMatchAriaSnapshot(`
    - table "Marks by category":
      - rowgroup:
        - row:
          - columnheader "Category"
          - columnheader "Reached"
      - rowgroup:
        - /children: equal
        - row:
          - rowheader "Doses in units"
          - cell "0 of 3 (0%)"
  `);
  await setterPage.context().close();
});

test('the chart of a cohort says what it shows, and every number of it stands in a table', async ({ page }) => {
  await signIn(page, TUTOR);
  await open(page, `/cohorts/${demo('cohort')}/progress`);
  await expect(heading(page, 'Progress over time')).toBeVisible();
  const chart = page.locator('#progress-chart');
  await expect(chart).toMatchAriaSnapshot(`
    - figure "Modules completed":
      - text: Modules completed
      - paragraph: /^Modules that the students of today had completed, at the end of a day .+ lower quartile or more, .+ upper quartile or more\\.$/
      - img "Modules completed"
      - list:
        - /children: equal
        - listitem: Median
        - listitem: Upper quartile
        - listitem: Lower quartile
  `);
  await expect(chart.getByRole('img')).toHaveAccessibleDescription(/^Modules that the students of today had completed/);
  // A long table is folded, and how many weeks there are depends on the day.
  await chart.evaluate((figure) => figure.querySelector('details')?.setAttribute('open', ''));
  const points = (await chart.locator('polyline.line-1').getAttribute('points'))!.split(' ').length;
  const number = '/^\\d+(\\.\\d+)?$/';
  const row = `
        - row:
          - rowheader /^\\d+ [A-Z][a-z]+/
          - cell ${number}
          - cell ${number}
          - cell ${number}`;
  await expect(chart.getByRole('table')).toMatchAriaSnapshot(`
    - table "Modules completed":
      - rowgroup:
        - row:
          - columnheader "Until"
          - columnheader "Median"
          - columnheader "Upper quartile"
          - columnheader "Lower quartile"
      - rowgroup:
        - /children: equal${row.repeat(points)}
  `);
});

test('the dots of practice are said in words, and in a table', async ({ page }) => {
  await signIn(page, STUDENTS.readAloudWheel);
  await open(page, '/assessments/practice');
  const numeracy = page.locator('.history').first();
  await expect(numeracy).toMatchAriaSnapshot(`
    - list:
      - listitem:
        - strong: /.+/
        - paragraph: Not tried yet
        - img "No answers yet"
        - button /^Practise .+/
  `);
  await page.getByText('The numbers in a table (Numeracy)').click();
  await expect(page.getByRole('table', { name: 'Numeracy' })).toMatchAriaSnapshot(`
    - table "Numeracy":
      - rowgroup:
        - row:
          - columnheader "Category"
          - columnheader "Answered"
          - columnheader "Right"
          - columnheader "With a hint"
          - columnheader "Right without a hint, of the last"
      - rowgroup:
        - row:
          - rowheader /.+/
          - cell "0"
          - cell "0"
          - cell "0"
          - cell "0 of 0"
  `);
});
