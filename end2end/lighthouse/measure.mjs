// Started by scripts/lighthouse.sh, which serves a freshly seeded site and says where.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const base = process.env.BASE_URL;
const runs = Number(process.env.RUNS ?? 3);
const PASSWORD = 'learning-demo-2026';

const TARGETS = { performance: 99, accessibility: 100, 'best-practices': 100 };
/** The largest paint is at most this much later than the first. */
const PAINTS = 1.5;

async function post(path, form, cookie = '') {
  const answer = await fetch(base + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', origin: base, cookie },
    body: new URLSearchParams(form),
  });
  if (answer.status !== 302) throw new Error(`${path} answers ${answer.status}`);
  return answer;
}

async function signIn(email) {
  const answer = await post('/api/accounts/sign_in', { email, password: PASSWORD });
  const session = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('session='));
  return session.split(';')[0];
}

/** The first link of a page that leads below this path, and further. */
async function linkBelow(page, path, cookie) {
  const text = await (await fetch(base + page, { headers: { accept: 'text/html', cookie } })).text();
  const link = new RegExp(`href="(${path}[0-9a-f-]{36})"`).exec(text);
  if (!link) throw new Error(`${page} has no link to ${path}…`);
  return link[1];
}

const student = await signIn('student@demo.example');
const learner = await signIn('learner@demo.example');
const tutor = await signIn('tutor@demo.example');
const setter = await signIn('setter@demo.example');
const start = await linkBelow('/assessments', '/assessments/start/', learner);
const sitting = await post('/api/assessment/start_sitting', { paper: start.split('/').at(-1) }, learner);

const every = {
  'front page': ['/', ''],
  'sign-in': ['/sign-in', ''],
  course: ['/learn/nmp', student],
  'reading page': ['/learn/nmp/pharmacokinetics/metabolism', student],
  room: [new URL(sitting.headers.get('location'), base).pathname, learner],
  cohort: [await linkBelow('/cohorts', '/cohorts/', tutor), tutor],
  setter: [await linkBelow('/assessments/papers', '/assessments/papers/', setter), setter],
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in every));
if (unknown.length) throw new Error(`no such page: ${unknown}; there are ${Object.keys(every)}`);
const pages = wanted.length ? wanted : Object.keys(every);

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const missed = [];
const browser = await launch({
  chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromeFlags: ['--headless=new', '--disable-quic', '--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
});
try {
  console.log(`\nLighthouse, mobile: medians of ${runs}.`);
  console.log('  page           performance  accessibility  best practices  first paint  largest paint  ratio');
  // In the browser's own store: a header that is put into every request does not reach the calls of the application.
  const store = (await puppeteer.connect({ browserURL: `http://127.0.0.1:${browser.port}` })).defaultBrowserContext();
  for (const page of pages) {
    const [path, cookie] = every[page];
    await store.deleteCookie(...(await store.cookies()));
    const [name, value] = cookie.split('=');
    if (cookie) await store.setCookie({ name, value, domain: '127.0.0.1', httpOnly: true, sameSite: 'Lax' });
    const results = [];
    const faults = new Set();
    for (let run = 0; run < runs; run += 1) {
      const { lhr } = await lighthouse(base + path, {
        port: browser.port,
        logLevel: 'error',
        onlyCategories: Object.keys(TARGETS),
      });
      if (lhr.runtimeError) throw new Error(`${page}: ${lhr.runtimeError.message}`);
      results.push(lhr);
      for (const category of ['accessibility', 'best-practices']) {
        for (const { id, weight } of lhr.categories[category].auditRefs) {
          const { score } = lhr.audits[id];
          if (weight > 0 && score !== null && score < 1) faults.add(id);
        }
      }
    }
    const score = (category) => median(results.map((result) => Math.round(result.categories[category].score * 100)));
    const paint = (audit) => median(results.map((result) => result.audits[audit].numericValue));
    const scores = Object.keys(TARGETS).map(score);
    const [first, largest] = ['first-contentful-paint', 'largest-contentful-paint'].map(paint);
    const ratio = largest / first;
    Object.entries(TARGETS).forEach(([category, target], n) => {
      if (!(scores[n] >= target)) missed.push(`${page}: ${category} ${scores[n]}, not at least ${target}`);
    });
    if (!(ratio <= PAINTS)) missed.push(`${page}: largest paint at ${ratio.toFixed(2)} times the first, not at most ${PAINTS}`);
    const [performance, accessibility, practices] = scores.map(String);
    console.log(
      `  ${page.padEnd(14)} ${performance.padStart(11)}  ${accessibility.padStart(13)}  ${practices.padStart(14)}` +
        `  ${(first / 1000).toFixed(2).padStart(9)} s  ${(largest / 1000).toFixed(2).padStart(11)} s  ${ratio.toFixed(2).padStart(5)}` +
        (faults.size ? `  (${[...faults].join(', ')})` : ''),
    );
  }
  console.log(`  (targets: ${Object.values(TARGETS).join(', ')}, the ratio at most ${PAINTS})`);
} finally {
  await browser.kill();
}
if (missed.length) {
  console.error(`missed: ${missed.join('; ')}`);
  process.exit(1);
}
