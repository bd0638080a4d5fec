import type { Browser } from 'playwright-core';
import type { TestView } from '../../view/helpers.ts';
import { launchBrowser } from '../browser.ts';
import { type ServedPage, servePage } from './serve-page.ts';

/** What a suite has from its first test to its last one. */
export interface PageInBrowser {
  readonly browser: Browser;
  readonly served: ServedPage;
}

/** Serves the page of a view to a browser of the suite that calls this. */
export function pageInBrowser(view: () => TestView | Promise<TestView>): PageInBrowser {
  const started: { browser?: Browser; served?: ServedPage } = {};
  beforeAll(async () => {
    started.served = await servePage(await view());
    started.browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await started.browser?.close();
    await started.served?.close();
  });
  const begun = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the suite has not begun');
    return value;
  };
  return {
    get browser() {
      return begun(started.browser);
    },
    get served() {
      return begun(started.served);
    },
  };
}
