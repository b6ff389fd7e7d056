import { expect, type Page, type Request } from '@playwright/test';

/**
 * Counts calls, also by function, the most simultaneous calls of each, and open streams. Call it before the first page.
 */
export async function counts(page: Page) {
  const calls = { all: 0, of: {} as Record<string, number>, atOnce: {} as Record<string, number> };
  const underWay = new Map<string, number>();
  // Earlier calls end uncounted.
  const begun = new WeakSet<Request>();
  const count = (request: Request, change: 1 | -1) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/api/')) return;
    if (change === 1) begun.add(request);
    else if (!begun.has(request)) return;
    const name = pathname.split('/').pop()!;
    const now = (underWay.get(name) ?? 0) + change;
    underWay.set(name, now);
    calls.all += Number(change === 1);
    calls.of[name] = (calls.of[name] ?? 0) + Number(change === 1);
    calls.atOnce[name] = Math.max(calls.atOnce[name] ?? 0, now);
  };
  page.on('request', (request) => count(request, 1));
  page.on('requestfinished', (request) => count(request, -1));
  page.on('requestfailed', (request) => count(request, -1));
  await page.addInitScript(() => {
    const open = new Set<EventSource>();
    Object.assign(window, { streams: open });
    window.EventSource = class extends EventSource {
      #beats: ReturnType<typeof setInterval>;
      constructor(url: string) {
        super(url);
        open.add(this);
        // The server's beat follows its own time. When the test advances the page's clock, the stream would seem
        // silent, sooner or later depending on the speed of the machine.
        this.#beats = setInterval(() => {
          if (this.readyState === EventSource.OPEN) this.onmessage?.(new MessageEvent('message', { data: 'beat' }));
        }, 2_000);
      }
      close() {
        super.close();
        clearInterval(this.#beats);
        open.delete(this);
      }
    };
  });
  const streams = () => page.evaluate(() => (window as never as { streams: Set<EventSource> }).streams.size);
  /** All calls so far have been counted. */
  const counted = () => page.evaluate(() => fetch('/healthz').then((answer) => answer.text()));
  const quiet = () => expect.poll(() => [...underWay.values()].every((calls) => calls === 0), 'every call is answered').toBe(true);
  /** Advances the page's clock, a second at a time, and lets calls be answered meanwhile: a call is abandoned after some seconds. */
  const pass = async (seconds: number) => {
    for (let n = 0; n < seconds; n += 1) {
      await page.clock.runFor(1_000);
      await counted();
      await quiet();
    }
  };
  return { calls, streams, counted, quiet, pass };
}
