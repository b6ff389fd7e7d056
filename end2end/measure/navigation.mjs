// The cost of going to the next page by a click, compared with loading the same page whole: bytes on the wire, and the
// time until its heading is there. Ratios of medians in one run; exits with 1 when a target is missed. SERVER,
// DATABASE_URL (with the demo in it), LISTEN, PUBLIC_URL and SITE_ROOT as scripts/bench.sh sets them.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const TARGETS = { bytes: 0.4, fast: 0.5, slow: 0.5 };
const SLOW = { offline: false, latency: 150, downloadThroughput: -1, uploadThroughput: -1 };
const site = process.env.PUBLIC_URL;
// Demo students; neither has begun the course.
const [LOADS, CLICKS] = ['student011@demo.example', 'student022@demo.example'];

const content = join(import.meta.dirname, '../../content/nmp');
const modules = [.../^modules = \[([^\]]*)\]/m.exec(readFileSync(join(content, 'course.md'), 'utf8'))[1].matchAll(/"([^"]+)"/g)].map(([, slug]) => slug);
/** Address and title of each page, a list a module. */
const pages = modules.map((module) =>
  readdirSync(join(content, module)).filter((name) => /^\d+-.*\.md$/.test(name)).sort().map((name) => ({
    path: `/learn/nmp/${module}/${name.replace(/^\d+-|\.md$/g, '')}`,
    title: JSON.parse(/^title = (".*")$/m.exec(readFileSync(join(content, module, name), 'utf8'))[1]),
  })),
);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** A page that counts its bytes, and records when a heading has appeared. */
async function measured(browser, email) {
  const page = await (await browser.newContext({ baseURL: site, viewport: { width: 1280, height: 900 } })).newPage();
  await page.addInitScript(() => {
    window.headed = (title) =>
      new Promise((there) => {
        const look = () => document.querySelector('h1')?.textContent === title && (watching?.disconnect(), requestAnimationFrame(() => there(performance.now())), true);
        let watching;
        if (!look()) (watching = new MutationObserver(look)).observe(document, { subtree: true, childList: true, characterData: true });
      });
    // For a document: when it had a heading.
    const seen = new MutationObserver(() => {
      if (document.querySelector('h1')) {
        seen.disconnect();
        requestAnimationFrame(() => (window.firstHeading = performance.now()));
      }
    });
    seen.observe(document, { subtree: true, childList: true });
  });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const sizes = new Map();
  const add = (id, bytes) => sizes.set(id, (sizes.get(id) ?? 0) + bytes);
  const busy = new Map();
  cdp.on('Network.requestWillBeSent', ({ requestId, loaderId, request }) => {
    if (!request.url.includes('/live')) busy.set(requestId, { loaderId, url: request.url });
  });
  // Pending requests of the previous document end with it; Chromium does not always report that.
  cdp.on('Network.responseReceived', ({ type, loaderId }) => {
    if (type === 'Document') for (const [id, one] of busy) if (one.loaderId !== loaderId) busy.delete(id);
  });
  cdp.on('Network.responseReceived', ({ requestId, response }) => response.fromDiskCache || add(requestId, response.encodedDataLength));
  cdp.on('Network.dataReceived', ({ requestId, encodedDataLength }) => add(requestId, encodedDataLength));
  cdp.on('Network.loadingFinished', ({ requestId }) => busy.delete(requestId));
  cdp.on('Network.loadingFailed', ({ requestId }) => busy.delete(requestId));
  const settled = async () => {
    const latest = Date.now() + 60_000;
    for (let quiet = 0; quiet < 8; quiet = busy.size ? 0 : quiet + 1) {
      if (Date.now() > latest) throw new Error(`Still pending after a minute: ${[...busy.values()].map(({ url }) => url).join(', ')}`);
      await page.waitForTimeout(100);
    }
  };
  const bytes = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('learning-demo-2026');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /^Hello, / }).waitFor();
  return { page, cdp, bytes, settled };
}

const hydrated = (page) => page.locator('html[data-hydrated]').waitFor({ state: 'attached' });

/** Loads a page whole, with its files in the browser's cache. */
async function load({ page, bytes, settled }, to) {
  const before = bytes();
  await page.goto(to.path);
  await hydrated(page);
  await settled();
  return { bytes: bytes() - before, time: await page.evaluate(() => window.firstHeading) };
}

/** How long a person presses a button or a screen, in ms: the short end. */
const PRESS = 80;

/** Goes to the next page by its link: after the pointer has rested on it, by a quick press, or by a script. */
async function click({ page, bytes, settled }, to, how) {
  await settled();
  const before = bytes();
  const link = page.locator(`.ways a[rel=next][href="${to.path}"]`);
  if (how === 'rests') {
    const fetched = page.waitForResponse((response) => response.url().endsWith('/read_page'));
    // Not with the pointer itself, which would rest on the next page's link too.
    await link.dispatchEvent('mouseover');
    await (await fetched).finished();
    await page.waitForTimeout(50);
  }
  const time = link.evaluate(async (link, title) => {
    const there = window.headed(title);
    const clicked = new Promise((at) => link.addEventListener('click', () => at(performance.now()), { capture: true, once: true }));
    window.ready = true;
    const begun = await clicked;
    return (await there) - begun;
  }, to.title);
  await page.waitForFunction(() => window.ready && !(window.ready = false));
  if (how === 'presses') await link.click({ delay: PRESS });
  else await link.evaluate((link) => link.click());
  const took = await time;
  await settled();
  return { bytes: bytes() - before, time: took };
}

async function run(browser, rounds, { slow, how }) {
  const [loads, clicks] = [await measured(browser, LOADS), await measured(browser, CLICKS)];
  await load(loads, pages[0][0]);
  const found = { load: [], click: [] };
  for (const [first, ...rest] of rounds) {
    await load(clicks, first);
    await load(loads, first);
    for (const { page, cdp } of slow ? [loads, clicks] : []) {
      await cdp.send('Network.emulateNetworkConditions', SLOW);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      await page.waitForTimeout(100);
    }
    for (const to of rest) {
      found.load.push(await load(loads, to));
      found.click.push(await click(clicks, to, how));
    }
  }
  for (const { page } of [loads, clicks]) await page.context().close();
  const of = (which, what) => median(found[which].map((one) => one[what]));
  return Object.fromEntries(['bytes', 'time'].map((what) => [what, { click: of('click', what), load: of('load', what), ratio: of('click', what) / of('load', what) }]));
}

const server = spawn(process.env.SERVER, ['serve'], { stdio: ['ignore', 'ignore', 'inherit'] });
let missed = 0;
function tell(name, { click, load, ratio }, unit, most) {
  const verdict = ratio <= most ? 'ok' : 'MISSED';
  missed += Number(ratio > most);
  const target = most === Infinity ? 'no target' : `at most ${most.toFixed(2)}  ${verdict}`;
  console.log(`${name.padEnd(86)} ${ratio.toFixed(2)}  ${target}  (${click.toFixed(0)} against ${load.toFixed(0)} ${unit})`);
}
try {
  while (!(await fetch(`${site}/readyz`).then((answer) => answer.ok, () => false))) await new Promise((later) => setTimeout(later, 50));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
  const bytes = await run(browser, pages.slice(0, 3), { how: 'rests' });
  const fast = await run(browser, pages.slice(3, 7), { how: 'presses' });
  const script = await run(browser, pages.slice(3, 7), { how: 'script' });
  const slow = await run(browser, pages.slice(7, 10), { how: 'rests', slow: true });
  tell('next page by a click, bytes against a whole page load', bytes.bytes, 'bytes', TARGETS.bytes);
  tell('next page by a click, not fetched ahead, bytes', script.bytes, 'bytes', TARGETS.bytes);
  tell(`next page by a press of ${PRESS} ms, time from the click to its heading, fast line`, fast.time, 'ms', TARGETS.fast);
  tell('the same by a script, which presses nothing: no person does', script.time, 'ms', Infinity);
  tell('next page by a click, fetched ahead, 150 ms round trip and 4x slowed processor', slow.time, 'ms', TARGETS.slow);
  await browser.close();
} finally {
  server.kill();
}
process.exitCode = missed ? 1 : 0;
