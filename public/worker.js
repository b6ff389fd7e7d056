// Answers when there is no network, for who has asked for it on this device: see docs/offline.md. It keeps nothing by
// itself but the style; `offline.js` keeps the pages. What is not named here goes to the server as if it were not there.

// The build writes these two lines. A change in them is a new version of the site.
const BUILD = 'development';
const FILES = [];

const STYLE = `kept-style-${BUILD}`;
const [PAGES, PICTURES, STATE] = ['kept-pages', 'kept-pictures', 'kept-state'];
const SCRIPT = '/offline.js';
const SIGN_OUT = '/api/accounts/sign_out';
/** In milliseconds: then a kept copy is better than waiting. */
const PATIENCE = 4000;

const OTHER = ['end', 'search', 'glossary', 'notes'];

/** Whether a page of a course is at this path: the course, a module, or a page to read. */
function reads(path) {
  const parts = path.split('/').slice(1);
  const [learn, course, module, page] = parts;
  const slugs = parts.length >= 2 && parts.length <= 4 && parts.every((part) => /^[a-z0-9-]{1,80}$/.test(part));
  return slugs && learn === 'learn' && course !== 'record' && !OTHER.includes(module) && page !== 'check';
}

/** Pages that have words of their own when there is no network. */
const answered = (path) => reads(path) || ['/', '/learn', '/offline'].includes(path);

// Looking into a cache in this way does not create it.
const kept = (address, cacheName) => caches.match(address, { cacheName, ignoreVary: true });

async function hashed(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether somebody has asked for it here, is still signed in, and has been online lately. Otherwise nothing stays. */
async function isOwners() {
  const state = await (await kept('/kept/state', STATE))?.json();
  if (!state) return false;
  if (Date.now() < state.until && (await isSignedIn(state.person))) return true;
  await removeAll();
  return false;
}

/** Where a browser shows its cookies to pages only, `offline.js` looks. */
async function isSignedIn(person) {
  if (!self.cookieStore) return true;
  const name = self.location.protocol === 'https:' ? '__Host-signed-in' : 'signed-in';
  const now = (await self.cookieStore.get(name))?.value;
  return Boolean(now) && (await hashed(now)) === person;
}

/** The state goes first: who is about to keep something looks at it. */
async function removeAll() {
  await caches.delete(STATE);
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('kept-')).map((name) => caches.delete(name)));
}

async function keepStyle() {
  if (!(await kept('/kept/state', STATE))) return;
  const cache = await caches.open(STYLE);
  await cache.addAll([...FILES, SCRIPT].map((file) => new Request(file, { cache: 'no-cache' })));
}

self.addEventListener('install', (event) => event.waitUntil(keepStyle()));

self.addEventListener('activate', (event) => {
  const others = (name) => name.startsWith('kept-style-') && name !== STYLE;
  const removed = caches.keys().then((names) => Promise.all(names.filter(others).map((name) => caches.delete(name))));
  event.waitUntil(removed.then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  // Only when a person has pressed the button that offers it.
  if (event.data === 'load') self.skipWaiting();
  if (event.data === 'style') event.waitUntil(keepStyle());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  // The next person here finds nothing, whether the server answers or not.
  if (request.method === 'POST' && pathname === SIGN_OUT) event.waitUntil(removeAll());
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    if (answered(pathname)) event.respondWith(page(request, pathname));
  } else if (FILES.includes(pathname)) {
    event.respondWith(kept(pathname, STYLE).then((found) => found ?? fetch(request)));
  } else if (pathname === SCRIPT) {
    event.respondWith(fetch(request).catch(() => otherwise(kept(pathname, STYLE))));
  } else if (/^\/media\/[0-9a-f]+\.svg$/.test(pathname)) {
    event.respondWith(kept(pathname, PICTURES).then((found) => found ?? fetch(request)));
  }
});

const otherwise = async (found) => (await found) ?? Response.error();

/** The page of the server, or a kept copy when the server does not answer soon. */
async function page(request, path) {
  const copy = (await isOwners()) && (await kept(path, PAGES));
  const answer = fetch(request);
  try {
    if (!copy) return await answer;
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
    const found = await Promise.race([answer, late]);
    return found && ![502, 503, 504].includes(found.status) ? found : shown(copy, 'The server does not answer.');
  } catch {
    return copy ? shown(copy, 'You are offline.') : nothing(path);
  }
}

/** What a kept page may do: show itself, and run our own script. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const html = (text, status) =>
  new Response(text, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
  });

/** The style of this version, if it is kept. */
async function style() {
  const file = FILES.find((name) => name.endsWith('.css'));
  return file && (await kept(file, STYLE)) ? file : null;
}

async function shown(copy, why) {
  const at = Number(copy.headers.get('x-kept-at'));
  // As all pages write it: "30 November 2026 at 2:59pm".
  const long = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit', hour12: true });
  const when = long.format(at).replace(/\s(?=[ap]m$)/, '');
  const title = escaped(decodeURIComponent(copy.headers.get('x-title')));
  const says = `<aside class="kept-copy" aria-label="Kept copy"><div class="width"><p>You are reading a kept copy of “${title}”, of ${when}. ${why}</p><p id="needs-network" role="status"></p></div></aside>`;
  let text = (await copy.text()).replace(/<html\b/, `<html data-kept="${at}"`).replace(/<main\b/, () => `${says}<main`);
  // The style is that of this version: the one that the page came with may be gone.
  const own = await style();
  if (own) text = text.replace(/href="?\/pkg\/[^">\s]+\.css"?/, () => `href="${own}"`);
  return html(text, 200);
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** For a page that is not kept. */
async function nothing(path) {
  const courses = [];
  if (await isOwners()) {
    const cache = await caches.open(PAGES);
    for (const { url } of await cache.keys()) {
      const address = new URL(url).pathname;
      if (address.split('/').length !== 3) continue;
      const course = decodeURIComponent((await cache.match(url)).headers.get('x-title'));
      courses.push(`<li><a href="${escaped(address)}">${escaped(course)}</a></li>`);
    }
  }
  const title = reads(path) ? 'This page is not kept on this device' : 'You are offline';
  const list = courses.length
    ? `<h2>Kept on this device</h2><ul>${courses.join('')}</ul><offline-switch><p>This needs scripts.</p></offline-switch>`
    : '<p>No courses are kept on this device.</p>';
  const own = await style();
  const link = own ? `<link id="styles" rel="stylesheet" href="${own}">` : '';
  const script = (await kept(SCRIPT, STYLE)) ? `<script type="module" src="${SCRIPT}"></script>` : '';
  const text = `<!DOCTYPE html><html lang="en-GB" data-kept="nothing"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>${link}${script}</head><body>
<main id="main"><div class="narrow"><h1>${title}</h1><p>There is no network just now, so we cannot fetch it. Nothing that you did is lost.</p>
<p><a class="button secondary" href="${escaped(path)}">Try again</a></p>${list}</div></main></body></html>`;
  return html(text, 503);
}
