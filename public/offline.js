// Reading without a network, for who has asked for it on this device: keeps pages, tells the server which ones were read
// without it, and removes everything. Loaded by /offline, and by every other page while the cookie KEEPS is there: see
// docs/offline.md. The application knows nothing of it.

const KEEPS = 'keeps-pages';
const [PAGES, PICTURES, STATE] = ['kept-pages', 'kept-pictures', 'kept-state'];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** For how long pages are kept after the device was last online. */
const LASTS = 14 * DAY;
/** How many openings are sent at once. */
const AT_ONCE = 100;

const secure = location.protocol === 'https:';
/** When this document is a kept copy: of when. */
const copyOf = document.documentElement.dataset.kept;

const OTHER = ['end', 'search', 'glossary', 'notes'];

/** Whether a page of a course is at this path: the course, a module, or a page to read. The worker has the same. */
function reads(path) {
  const parts = path.split('/').slice(1);
  const [learn, course, module, page] = parts;
  const slugs = parts.length >= 2 && parts.length <= 4 && parts.every((part) => /^[a-z0-9-]{1,80}$/.test(part));
  return slugs && learn === 'learn' && course !== 'record' && !OTHER.includes(module) && page !== 'check';
}

// Whose pages these are.

function cookie(name) {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? '';
}

function setCookie(value, seconds) {
  document.cookie = `${KEEPS}=${value}; Path=/; SameSite=Lax; Max-Age=${seconds}${secure ? '; Secure' : ''}`;
}

async function hashed(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const signedIn = () => cookie(secure ? '__Host-signed-in' : 'signed-in');

// What is kept, all of it in caches. A look at one in this way does not create it.

const find = (address, cacheName) => caches.match(address, { cacheName, ignoreVary: true });
const state = async () => (await find('/kept/state', STATE))?.json();

async function setState(now) {
  const cache = await caches.open(STATE);
  await cache.put('/kept/state', new Response(JSON.stringify(now)));
}

/** Whether this device keeps pages for who is signed in now. */
async function isOwners() {
  const [now, person] = [await state(), signedIn()];
  return Boolean(now && person && Date.now() < now.until && now.person === (await hashed(person)));
}

/** The state goes first: who is about to keep something looks at it. */
async function removeAll() {
  setCookie('', 0);
  await caches.delete(STATE);
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('kept-')).map((name) => caches.delete(name)));
  await (await navigator.serviceWorker.getRegistration('/'))?.unregister();
}

/** Puts it into a cache, unless everything has been removed meanwhile. */
async function put(name, address, response) {
  if (!(await state())) return;
  await (await caches.open(name)).put(address, response);
  if (!(await state())) await caches.delete(name);
}

/** The page without what draws it anew and asks the server: a copy stands still, and its links load documents. */
function still(text) {
  const ours = '<script type="module" src="/offline.js"></script>';
  return text
    .replace(/<script\b[^>]*>[\s\S]*?<\/script>/gi, '')
    .replace(/<link\b[^>]*\brel="?(?:modulepreload|preload)\b[^>]*>/gi, '')
    .replace('</head>', () => `${ours}</head>`);
}

/** Keeps the page at this address as it is now. Fetching it so is no opening of it. */
async function keep(address) {
  const response = await fetch(address, { headers: { 'x-to-keep': '1', accept: 'text/html' }, redirect: 'manual' });
  if (response.status === 404 && (await caches.has(PAGES))) await (await caches.open(PAGES)).delete(address);
  const person = response.headers.get('x-may-be-kept');
  const text = await response.text();
  // Somebody else has signed in meanwhile, or it is no page of a course.
  if (!person || (await state())?.person !== (await hashed(person))) return;
  const page = new DOMParser().parseFromString(text, 'text/html');
  const pictures = [...page.images].map((image) => new URL(image.getAttribute('src'), location.href).pathname);
  for (const picture of pictures.filter((path) => /^\/media\/[0-9a-f]+\.svg$/.test(path))) {
    if (!(await find(picture, PICTURES))) await put(PICTURES, picture, await fetch(picture));
  }
  const title = page.querySelector('h1')?.textContent.trim() ?? address;
  const headers = { 'content-type': 'text/html; charset=utf-8', 'x-kept-at': `${Date.now()}`, 'x-title': encodeURIComponent(title) };
  await put(PAGES, address, new Response(still(text), { headers }));
}

function call(path, type, body) {
  return fetch(path, { method: 'POST', headers: { 'content-type': type, accept: 'application/json' }, body });
}

/** Keeps all pages that should be kept. One tab does it at a time. */
async function fill(tell = () => {}) {
  await navigator.locks.request('kept-pages', { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const answer = await call('/api/learning/pages_to_keep', 'application/x-www-form-urlencoded', '');
    if (!answer.ok) return;
    const addresses = await answer.json();
    (await navigator.serviceWorker.ready).active.postMessage('style');
    for (const [n, address] of addresses.entries()) {
      const copy = await find(address, PAGES);
      if (!copy || Date.now() - Number(copy.headers.get('x-kept-at')) > DAY) await keep(address);
      if (!(await isOwners())) return;
      tell(n + 1, addresses.length);
    }
    if (!(await isOwners())) return;
    // Courses that are not theirs to open any more.
    const courses = new Set(addresses.map((address) => address.split('/')[2]));
    const cache = await caches.open(PAGES);
    for (const { url } of await cache.keys()) {
      if (!courses.has(new URL(url).pathname.split('/')[2])) await cache.delete(url);
    }
    const now = await state();
    if (now) await setState({ ...now, filled: Date.now(), until: Date.now() + LASTS });
    setCookie('1', LASTS / 1000);
  });
}

// Which pages were read without a network.

async function recordOpening() {
  if (location.pathname.split('/').length !== 5) return;
  await put(STATE, `/kept/opening${location.pathname}?at=${Date.now()}`, new Response(''));
}

async function sendOpenings() {
  if (!(await isOwners())) return;
  const cache = await caches.open(STATE);
  const all = (await cache.keys()).map(({ url }) => new URL(url)).filter(({ pathname }) => pathname.startsWith('/kept/opening/'));
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    const openings = some.map(({ pathname, searchParams }) => {
      const [course, module, page] = pathname.split('/').slice(-3);
      return { course, module, page, at: Number(searchParams.get('at')) };
    });
    const answer = await call('/api/learning/send_openings', 'application/json', JSON.stringify({ openings }));
    if (!answer.ok) return;
    for (const { href } of some) await cache.delete(href);
  }
}

// A new version of the site waits until a person loads it, or has closed all pages of this one.

function offer(worker) {
  if (document.getElementById('new-version')) return;
  const bar = document.createElement('aside');
  bar.id = 'new-version';
  bar.className = 'new-version';
  bar.setAttribute('aria-label', 'New version');
  const words = Object.assign(document.createElement('p'), { textContent: 'A new version is ready.' });
  words.setAttribute('role', 'status');
  const load = button('Load it now', () => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    worker.postMessage('load');
  });
  const later = button('Later', () => bar.remove());
  later.classList.add('secondary');
  bar.append(words, load, later);
  // After everything that the application takes over.
  document.body.append(bar);
}

async function register() {
  const registration = await navigator.serviceWorker.register('/worker.js', { scope: '/', updateViaCache: 'none' });
  const whenThere = (worker) => {
    if (worker?.state === 'installed' && navigator.serviceWorker.controller) offer(worker);
  };
  whenThere(registration.waiting);
  const watch = (worker) => worker?.addEventListener('statechange', () => whenThere(worker));
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  registration.update().catch(() => {});
}

// The part of a page where one asks for it.

function button(text, press) {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'button', textContent: text });
  made.addEventListener('click', press);
  return made;
}

const dated = (time) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(time);

async function amount() {
  const [pages, pictures] = [await caches.open(PAGES), await caches.open(PICTURES)];
  let bytes = 0;
  const addresses = await pages.keys();
  for (const [cache, requests] of [[pages, addresses], [pictures, await pictures.keys()]]) {
    for (const request of requests) bytes += (await (await cache.match(request))?.blob())?.size ?? 0;
  }
  const count = addresses.length;
  return `${count} ${count === 1 ? 'page' : 'pages'}, ${(bytes / 1_000_000).toFixed(1)} MB`;
}

class OfflineSwitch extends HTMLElement {
  connectedCallback() {
    if (this.said) return;
    // Beside what the server wrote, which the application takes over as it is.
    this.firstElementChild?.setAttribute('hidden', '');
    const live = document.createElement('div');
    live.setAttribute('aria-live', 'polite');
    this.said = document.createElement('p');
    this.act = document.createElement('p');
    live.append(this.said, this.act);
    this.append(live);
    this.show().catch(() => {});
  }

  async show(after = '') {
    if (!('serviceWorker' in navigator && 'caches' in window && 'locks' in navigator)) {
      this.said.textContent = 'This browser cannot keep pages. Another one may, or the same one outside a private window.';
    } else if (await isOwners()) {
      const { until } = await state();
      this.said.textContent = `Kept on this device: ${await amount()}. Until ${dated(until)}, unless you sign out before.`;
      this.act.replaceChildren(button('Remove from this device', () => this.removeKept()));
    } else {
      this.said.textContent = after || 'Nothing is kept on this device.';
      this.act.replaceChildren(button('Keep my courses on this device', () => this.begin()));
    }
  }

  async begin() {
    const person = signedIn();
    this.act.replaceChildren();
    this.said.textContent = 'Keeping your courses …';
    try {
      await setState({ person: await hashed(person), until: Date.now() + LASTS, filled: 0 });
      setCookie('1', LASTS / 1000);
      await register();
      follow();
      await fill((done, all) => (this.said.textContent = `Keeping your courses: ${done} of ${all} pages …`));
      await this.show();
    } catch {
      this.said.textContent = 'Not everything could be fetched. What is missing comes when you read on with a network.';
      this.act.replaceChildren(button('Remove from this device', () => this.removeKept()));
    }
    this.act.querySelector('button')?.focus();
  }

  async removeKept() {
    await removeAll();
    await this.show('Removed: nothing is kept on this device any more.');
    this.act.querySelector('button')?.focus();
  }
}

// Every page, in a document that came from the server.

/** A page of a course is shown: what is kept of it should be as it is now. */
async function seen() {
  if (!reads(location.pathname) || !navigator.onLine || !(await isOwners())) return;
  const isNew = !(await find(location.pathname, PAGES));
  await keep(location.pathname);
  // A module that was not begun has another next one.
  if (isNew || Date.now() - (await state()).filled > HOUR) await fill();
}

/** What needs the network fails without one, and is done again with the next page. */
const quietly = (work) => work().catch(() => {});

let follows = false;

function follow() {
  if (follows) return;
  follows = true;
  // The application changes the page without loading a document.
  const push = history.pushState;
  history.pushState = function pushed(...about) {
    push.apply(this, about);
    quietly(seen);
  };
  window.addEventListener('popstate', () => quietly(seen));
  window.addEventListener('online', () => quietly(sendOpenings));
  // Without a network the browser loads the document, which the worker has. Stopped at the document while it bubbles: the
  // application's router, at the window, does not get it.
  document.addEventListener('click', (event) => {
    const link = followed(event);
    if (link && cookie(KEEPS) && reads(link.pathname)) event.stopPropagation();
  });
}

/** The link of this site that a person follows without a network. */
function followed(event) {
  const link = event.target instanceof Element && event.target.closest('a[href]');
  return link && !navigator.onLine && link.origin === location.origin ? link : null;
}

function inCopy() {
  quietly(recordOpening);
  document.addEventListener('click', (event) => {
    const link = followed(event);
    if (!link || reads(link.pathname) || ['/', '/learn', '/offline'].includes(link.pathname)) return;
    if (link.pathname === location.pathname && link.hash) return;
    event.preventDefault();
    const needs = document.getElementById('needs-network');
    if (needs) needs.textContent = `“${link.textContent.trim()}” needs a network.`;
  });
  window.addEventListener('online', () => {
    quietly(sendOpenings);
    const words = document.querySelector('.kept-copy p');
    if (!words || words.querySelector('a')) return;
    const link = Object.assign(document.createElement('a'), { href: location.href, textContent: 'You are online again: load the page as it is now.' });
    words.append(' ', link);
  });
}

async function begin() {
  if (!('serviceWorker' in navigator && 'caches' in window)) return;
  if (await isOwners()) {
    if (copyOf === undefined) {
      follow();
      quietly(register);
      quietly(sendOpenings);
      quietly(seen);
    } else if (copyOf !== 'nothing') {
      inCopy();
    }
    return;
  }
  const had = cookie(KEEPS) || (await caches.keys()).some((name) => name.startsWith('kept-'));
  if (had) await removeAll();
  if (copyOf !== undefined && had) {
    document.querySelector('main').innerHTML =
      '<div class="narrow"><h1>This page is not kept any more</h1><p>You have been signed out, or it was kept for long enough. Sign in again when there is a network.</p></div>';
    document.querySelector('.kept-copy')?.remove();
    document.querySelector('header')?.remove();
  }
}

customElements.define('offline-switch', OfflineSwitch);
begin().catch(() => {});
