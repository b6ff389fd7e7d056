// Started by scripts/pictures.sh, which serves a freshly seeded site and says where.
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const base = process.env.BASE_URL;
const before = process.env.BEFORE;
const folder = new URL('../../docs/pictures/', import.meta.url);
const PASSWORD = 'learning-demo-2026';
const COHORT = 'Independent prescribing, September 2026';
const SAT = 'Numeracy check, autumn (demo)';

const STUDENT = 'student@demo.example';
const TUTOR = 'tutor@demo.example';
const SETTER = 'setter@demo.example';
const LEARNER = 'learner@demo.example';

// A narrow page is as high as a wide one beside it.
const WIDE = { width: 1280, height: 900, shown: 960 };
const NARROW = { width: 320, height: 675, shown: 320 };
const HEIGHT = 675;

const LIGHT = { label: 'Light', colorScheme: 'light', forcedColors: 'none' };
const DARK = { label: 'Dark', colorScheme: 'dark', forcedColors: 'none' };
const FORCED = { label: 'Colours of the system', colorScheme: 'dark', forcedColors: 'active' };

/** All pictures are of one moment, as far as the browser says it. */
const NOW = new Date();

/** Where a link of a page leads, by the link's name or the beginning of its address. */
async function leads(page, at, from, link) {
  await page.goto(at + from);
  const found = link.startsWith('/') ? page.locator(`a[href^="${link}"]`) : page.getByRole('link', { name: link, exact: true });
  return found.first().getAttribute('href');
}

const sittings = new Map();

/** The room of the demo's paper. Each state of the product has one sitting in it. */
async function room(page, at) {
  if (!sittings.has(at)) {
    await page.goto(at + (await leads(page, at, '/assessments', '/assessments/start/')));
    await page.getByRole('button', { name: 'Start now' }).click();
    await page.waitForURL(/\/assessments\/sittings\//);
    sittings.set(at, new URL(page.url()).pathname);
  }
  return sittings.get(at);
}

/** What is shown: the account, the way to the page, what stands at the top of the picture, what is done first. */
const subjects = {
  welcome: { path: () => '/' },
  errors: { path: () => '/sign-in', first: (page) => page.getByRole('button', { name: 'Sign in' }).click() },
  start: { as: STUDENT, path: () => '/' },
  course: { as: STUDENT, path: () => '/learn/nmp' },
  reading: { as: STUDENT, path: () => '/learn/nmp/pharmacokinetics/metabolism' },
  check: { as: STUDENT, path: () => '/learn/nmp/pharmacokinetics/check' },
  practice: { as: LEARNER, path: () => '/assessments/practice' },
  room: { as: LEARNER, path: room },
  review: { as: LEARNER, path: async (page, at) => `${await room(page, at)}?question=review` },
  cohort: { as: TUTOR, path: (page, at) => leads(page, at, '/cohorts', COHORT) },
  lines: { as: TUTOR, path: async (page, at) => `${await leads(page, at, '/cohorts', COHORT)}/progress`, top: '#progress-chart', forced: true },
  columns: { as: SETTER, path: async (page, at) => `${await leads(page, at, '/assessments/papers', SAT)}/results`, top: '#marks-chart', forced: true },
  bars: { as: SETTER, path: async (page, at) => `${await leads(page, at, '/assessments/papers', SAT)}/items`, top: '.item-table', forced: true },
  questions: { as: SETTER, path: () => '/questions' },
};

const wanted = process.argv.slice(2);
const known = ['colours', ...Object.keys(subjects)];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length) throw new Error(`no such picture: ${unknown}; there are ${known}`);
const asked = (name) => wanted.length === 0 || wanted.includes(name);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const sessions = new Map();

async function session(at, email) {
  if (email && !sessions.has(at + email)) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${at}/sign-in`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    sessions.set(at + email, await context.storageState());
    await context.close();
  }
  return sessions.get(at + email);
}

/** A page of its own, in this size and these colours, that shows the subject. */
async function shown({ as, path, top, first }, at, { colorScheme, forcedColors }, { width, height }, use) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    forcedColors,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    storageState: await session(at, as),
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  const answer = await page.goto(at + (await path(page, at)));
  // An older state has no such page.
  if (at === before && !answer.ok()) {
    await context.close();
    return null;
  }
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  if (first) {
    await first(page);
    await page.locator('.error-summary').waitFor();
  }
  await page.evaluate(() => document.fonts.ready);
  // An older state may not have it.
  if (top && (await page.locator(top).count()) > 0) {
    await page.locator(top).first().evaluate((element) => element.scrollIntoView({ block: 'start' }));
  }
  const result = await use(page);
  await context.close();
  return result;
}

const studio = await browser.newPage();

/** Puts pictures into one: a row for each of these colours, a wide and a narrow page in each. */
function sheet(rows) {
  return studio.evaluate(
    async ({ rows, widths, height }) => {
      const [gap, head] = [24, 40];
      const canvas = document.createElement('canvas');
      canvas.width = gap + widths.reduce((sum, width) => sum + width + gap, 0);
      canvas.height = rows.length * (head + height) + gap;
      const draw = canvas.getContext('2d');
      draw.imageSmoothingQuality = 'high';
      draw.fillStyle = '#e6ebef';
      draw.fillRect(0, 0, canvas.width, canvas.height);
      for (const [n, { label, shots }] of rows.entries()) {
        const y = n * (head + height) + head;
        let x = gap;
        for (const [m, shot] of shots.entries()) {
          const image = new Image();
          image.src = `data:image/png;base64,${shot}`;
          await image.decode();
          draw.fillStyle = '#1d2a33';
          draw.font = '600 20px system-ui, sans-serif';
          draw.fillText(m === 0 ? `${label}, 1280 px` : '320 px', x, y - 12);
          draw.drawImage(image, x, y, widths[m], height);
          draw.strokeStyle = '#6b7b87';
          draw.strokeRect(x - 0.5, y - 0.5, widths[m] + 1, height + 1);
          x += widths[m] + gap;
        }
      }
      return canvas.toDataURL('image/webp', 0.6);
    },
    { rows, widths: [WIDE.shown, NARROW.shown], height: HEIGHT },
  );
}

/** The colours of the style sheet, as the page resolves them. */
function colours(page) {
  return page.evaluate(async () => {
    const sheets = [...document.querySelectorAll('link[rel="stylesheet"]')].map((link) => fetch(link.href).then((answer) => answer.text()));
    const names = [...new Set((await Promise.all(sheets)).join('').match(/--color-[a-z]+(-[a-z]+)*(?=\s*:)/g))].sort();
    const probe = document.body.appendChild(document.createElement('span'));
    return names.map((name) => {
      probe.style.setProperty('color', `var(${name})`);
      return [name.replace('--color-', ''), getComputedStyle(probe).color];
    });
  });
}

function swatches(light, dark) {
  return studio.evaluate(
    ({ light, dark }) => {
      const [columns, wide, high, gap] = [3, 420, 84, 24];
      const canvas = document.createElement('canvas');
      canvas.width = gap + columns * (wide + gap);
      canvas.height = gap + Math.ceil(light.length / columns) * (high + gap);
      const draw = canvas.getContext('2d');
      draw.fillStyle = '#ffffff';
      draw.fillRect(0, 0, canvas.width, canvas.height);
      const hex = (colour) => {
        draw.fillStyle = colour;
        return draw.fillStyle;
      };
      const others = new Map(dark);
      for (const [n, [name, colour]] of light.entries()) {
        const [x, y] = [gap + (n % columns) * (wide + gap), gap + Math.floor(n / columns) * (high + gap)];
        const both = [colour, others.get(name) ?? colour];
        for (const [m, one] of both.entries()) {
          draw.fillStyle = one;
          draw.fillRect(x + m * high, y, high, high);
          draw.strokeStyle = '#6b7b87';
          draw.strokeRect(x + m * high + 0.5, y + 0.5, high - 1, high - 1);
        }
        const words = both.map(hex);
        draw.fillStyle = '#1d2a33';
        draw.font = '600 20px system-ui, sans-serif';
        draw.fillText(name, x + 2 * high + 16, y + 34);
        draw.font = '18px ui-monospace, monospace';
        draw.fillText(words.join('  '), x + 2 * high + 16, y + 62);
      }
      return canvas.toDataURL('image/webp', 0.9);
    },
    { light, dark },
  );
}

mkdirSync(folder, { recursive: true });
function keep(name, url) {
  const bytes = Buffer.from(url.split(',')[1], 'base64');
  writeFileSync(new URL(`${name}.webp`, folder), bytes);
  console.log(`docs/pictures/${name}.webp: ${Math.round(bytes.length / 1000)} kB`);
}

if (asked('colours')) {
  const [light, dark] = [await shown(subjects.welcome, base, LIGHT, WIDE, colours), await shown(subjects.welcome, base, DARK, WIDE, colours)];
  keep('colours', await swatches(light, dark));
}
for (const [name, subject] of Object.entries(subjects)) {
  if (!asked(name)) continue;
  const states = [
    ...(before ? [{ at: before, ...LIGHT, label: 'Before' }] : []),
    { at: base, ...LIGHT },
    { at: base, ...DARK },
    ...(subject.forced ? [{ at: base, ...FORCED }] : []),
  ];
  const rows = [];
  for (const { at, ...state } of states) {
    const shots = [];
    for (const size of [WIDE, NARROW]) {
      shots.push(await shown(subject, at, state, size, async (page) => (await page.screenshot({ animations: 'disabled' })).toString('base64')));
    }
    if (shots[0]) rows.push({ label: state.label, shots });
  }
  keep(name, await sheet(rows));
}
await browser.close();
