import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { ServedPage } from './serve-page.ts';

export const PHONE = { width: 375, height: 800 };
export const TABLET = { width: 768, height: 1_024 };
export const DESKTOP = { width: 1_440, height: 900 };

/** What a browser would complain about where a view that fails is meant. */
const FAILED_LOAD = /^Failed to load resource/u;

/** Less than a test may take, so that its failure says what it waited for. */
const MAX_WAIT_MS = 50_000;
const STEP_MS = 1_000;
const MAX_STEPS = 300;

/** A reader of the page, whose clock is that of the view. */
export interface Visit {
  readonly page: Page;
  /** Time passes, for the view and in the browser, and what is due then happens. */
  pass(ms: number): Promise<void>;
  /** Lets time pass, in steps of a second by default, until the one sentence says this. */
  passUntil(text: string | RegExp, stepMs?: number): Promise<void>;
  /** The ids of the rows near the window, from the top. */
  ids(): Promise<readonly string[]>;
  /** The one sentence, once it says this. */
  sentence(text: string | RegExp): Promise<void>;
  /** The number of rows, once it is this. */
  shown(text: string): Promise<void>;
  /** On a phone, sections begin folded. */
  openSections(): Promise<void>;
  /** The row of an instance. */
  row(id: string): Locator;
  /** The status of an instance in the table, once it is this. */
  status(id: string, word: string): Promise<void>;
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
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(MAX_WAIT_MS);
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
  const row = (id: string): Locator => page.locator('.rows tr', { hasText: id });
  await page.clock.install({ time: served.test.nowMs });
  await page.goto(`${served.url}/${path}`);
  const pass: Visit['pass'] = async (ms) => {
    served.test.nowMs += ms;
    await page.clock.fastForward(ms);
  };
  try {
    await act({
      page,
      pass,
      async passUntil(text, stepMs = STEP_MS) {
        const sentence = page.locator('.sentence', { hasText: text });
        for (let steps = 0; !(await sentence.isVisible()); steps += 1) {
          if (steps > MAX_STEPS) {
            const said = await page.locator('.verdict').textContent();
            throw new Error(`the page never says ${text}, but ${said}`);
          }
          await pass(stepMs);
        }
      },
      ids: () => page.locator('.rows .name-cell .id').allTextContents(),
      sentence: (text) => page.locator('.sentence', { hasText: text }).waitFor(),
      async shown(text) {
        await page.locator('.count', { hasText: new RegExp(`^${text}`, 'u') }).waitFor();
      },
      async openSections() {
        for (const section of await page.locator('details').all()) {
          const isOpen = (await section.getAttribute('open')) !== null;
          if (!isOpen) await section.locator('summary').click();
        }
      },
      row,
      status: (id, word) => row(id).locator('.status', { hasText: word }).waitFor(),
    });
  } finally {
    await context.close();
  }
  expect(complaints).toEqual([]);
}
