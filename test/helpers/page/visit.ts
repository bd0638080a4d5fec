import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ServedPage } from './serve-page.ts';

export const PHONE = { width: 375, height: 800 };
export const TABLET = { width: 768, height: 1_024 };
export const DESKTOP = { width: 1_440, height: 900 };

/** What a browser would complain about where a view that fails is meant. */
const FAILED_LOAD = /^Failed to load resource/u;

/** A reader of the page, whose clock is that of the view. */
export interface Visit {
  readonly page: Page;
  /** Time passes, for the view and in the browser, and what is due then happens. */
  pass(ms: number): Promise<void>;
  /** Takes the addresses of what the page does not reach any more. */
  readonly complaints: string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** The view fails on purpose: the browser's own lines about that are expected. */
  readonly isFailing?: boolean;
}

/**
 * Opens an address of the page and waits until the whole fleet was read. The browser must have nothing
 * to complain about, open no dialog of its own and contact no other server.
 */
export async function visit(
  browser: Browser,
  served: ServedPage,
  path: string,
  { isFailing = false, ...options }: VisitOptions,
  act: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: DESKTOP,
    locale: 'en-US',
    timezoneId: 'Asia/Shanghai',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (!isFailing || !FAILED_LOAD.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(served.url) && !url.startsWith('data:')) complaints.push(url);
  });
  await page.clock.install({ time: served.test.nowMs });
  await page.goto(`${served.url}/${path}`);
  await act({
    page,
    complaints,
    async pass(ms) {
      served.test.nowMs += ms;
      await page.clock.fastForward(ms);
    },
  });
  await context.close();
  expect(complaints).toEqual([]);
}
