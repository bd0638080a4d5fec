import chromium from '@sparticuz/chromium';
import { type BrowserContext, chromium as driver, type Page } from 'playwright-core';
import { repeat } from '../statistics.ts';
import type { ServedFleet } from './served-fleet.ts';

/** From the request for the page on, in milliseconds. */
export interface Opening {
  readonly firstRowsMs: number;
  /** Until all instances were read. */
  readonly wholeMs: number;
}

const MAX_WAIT_MS = 600_000;
const MINUTE_MS = 60_000;
const POLL_MS = 5_000;
const WARM_OPENINGS = 5;
const TEXT = 'web-1234';
const TYPINGS = 9;
const HOURS_MINUTES = 60;
const MINUTES_PER_HEAP = 10;

/** A reader's browser, in which every page is opened as for the first time. */
export async function withBrowser<T>(measure: (open: OpenPage) => Promise<T>): Promise<T> {
  const browser = await driver.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-gpu'],
    headless: true,
  });
  try {
    return await measure(async (act) => {
      // Waiting for an expression evaluates a text, which the policy of the page would refuse.
      const options = { viewport: { width: 1_440, height: 900 }, bypassCSP: true };
      const context = await browser.newContext(options);
      // A busy machine is slow, and its figures say so.
      context.setDefaultTimeout(MAX_WAIT_MS);
      const result = await act(await context.newPage(), context);
      await context.close();
      return result;
    });
  } finally {
    await browser.close();
  }
}

export type OpenPage = <T>(act: (page: Page, context: BrowserContext) => Promise<T>) => Promise<T>;

/** The first one finds a view that has read nothing yet. */
export async function openings(
  open: OpenPage,
  { url }: ServedFleet,
): Promise<{ readonly cold: Opening; readonly warm: readonly Opening[] }> {
  const opening = () =>
    open(async (page) => {
      await page.addInitScript(OPENING);
      await page.goto(url);
      await page.waitForFunction('opening.wholeMs !== undefined');
      return page.evaluate<Opening>('opening');
    });
  return { cold: await opening(), warm: await repeat(WARM_OPENINGS, opening) };
}

/** When the first frame with rows was drawn, and that with all of them. */
const OPENING = `
  window.opening = {};
  const note = (name) => requestAnimationFrame(() => { opening[name] ??= performance.now(); });
  new MutationObserver(() => {
    if (document.querySelector('.rows tr') === null) return;
    note('firstRowsMs');
    if (!document.querySelector('.count').textContent.startsWith('Reading')) note('wholeMs');
  }).observe(document, { childList: true, subtree: true, characterData: true });
`;

/** Milliseconds from each key of a search until its effect was drawn, text by text. */
export function typing(
  open: OpenPage,
  { url }: ServedFleet,
): Promise<readonly (readonly number[])[]> {
  return open(async (page) => {
    await page.goto(url);
    await page.waitForFunction(`${COUNT}.endsWith('instances')`);
    await page.evaluate(KEYS);
    const typeOnce = async (): Promise<readonly number[]> => {
      await page.locator('#search').fill('');
      await page.waitForFunction(`/^[\\d,]+ instances/u.test(${COUNT})`);
      await page.evaluate(DRAWN);
      await page.evaluate('keys.length = 0');
      for (const [index, key] of [...TEXT].entries()) {
        await page.locator('#search').press(key);
        await page.waitForFunction(`keys.length === ${index + 1}`);
      }
      return page.evaluate<number[]>('keys');
    };
    return repeat(TYPINGS, typeOnce);
  });
}

const COUNT = `document.querySelector('.count').textContent`;

/** Until the page stands as it is: the time of all rows that come back is not that of the first key. */
const DRAWN = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`;

/**
 * A message that is sent in a frame arrives after the frame was drawn. One channel for all keys: that of
 * a single key may be collected as garbage before its message arrives. The field is emptied with a
 * key of its own, `Delete`, which is no key of the text.
 */
const KEYS = `
  window.keys = [];
  window.drawn = new MessageChannel();
  const pressed = [];
  drawn.port1.onmessage = () => keys.push(performance.now() - pressed.shift());
  addEventListener('keydown', ({ key, timeStamp }) => {
    if (key.length > 1) return;
    requestAnimationFrame(() => {
      pressed.push(timeStamp);
      drawn.port2.postMessage(null);
    });
  }, true);
`;

/** Bytes of the page's heap without garbage, at first and after each ten minutes of an hour. */
export function hourOfPolling(
  open: OpenPage,
  served: ServedFleet,
  changesPerMinute: number,
): Promise<{ readonly heaps: readonly number[]; readonly polls: number }> {
  return open(async (page, context) => {
    const { clock } = served;
    await page.clock.install({ time: clock.now() });
    await page.goto(served.url);
    await page.waitForFunction(`/^[\\d,]+ instances/u.test(${COUNT})`);
    const session = await context.newCDPSession(page);
    const heap = async (): Promise<number> => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize;
    };
    const heaps = [await heap()];
    const before = served.polls;
    for (let minute = 1; minute <= HOURS_MINUTES; minute += 1) {
      await served.tick(changesPerMinute);
      for (let ms = 0; ms < MINUTE_MS; ms += POLL_MS) {
        clock.advance(POLL_MS);
        await page.clock.fastForward(POLL_MS);
        await served.idle();
      }
      if (minute % MINUTES_PER_HEAP === 0) heaps.push(await heap());
    }
    return { heaps, polls: served.polls - before };
  });
}
