import type { Page } from '@playwright/test';

/** Gives the page events from the test, in place of the server's stream. Call it before the first page. */
export async function ownStream(page: Page) {
  await page.addInitScript(() => {
    const open = new Set<EventSource>();
    Object.assign(window, { ownStreams: open });
    window.EventSource = class {
      constructor() {
        open.add(this as never);
      }
      close() {
        open.delete(this as never);
      }
    } as never;
  });
  const streams = () => page.evaluate(() => (window as never as { ownStreams: Set<EventSource> }).ownStreams.size);
  /** Sends the same event several times, with the server's build. */
  const tell = (data: string, { times = 1, build = '' } = {}) =>
    page.evaluate(
      ([data, times, lastEventId]) => {
        for (let n = 0; n < times; n += 1) {
          for (const stream of (window as never as { ownStreams: Set<EventSource> }).ownStreams) {
            stream.onmessage?.(new MessageEvent('message', { data, lastEventId }));
          }
        }
      },
      [data, times, build] as const,
    );
  return { streams, tell };
}
