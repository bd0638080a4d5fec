import type { Browser } from 'playwright-core';
import { launchBrowser } from '../helpers/browser.ts';
import { fleetOf, idOf } from '../helpers/page/fleets.ts';
import { type ServedPage, servePage } from '../helpers/page/serve-page.ts';
import { type Visit, type VisitOptions, visit } from '../helpers/page/visit.ts';
import { moved } from '../view/helpers.ts';

describe('the page in a browser', () => {
  let browser: Browser;
  let served: ServedPage;

  beforeAll(async () => {
    served = await servePage((await fleetOf(0)).test);
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await served.close();
  });

  it.each([
    [0, 'There is no instance'],
    [1, 'The instance is running'],
    [60, '6 instances are not running'],
  ])('says of %d instances whether anything is wrong', async (size, sentence) => {
    served.test = (await fleetOf(size)).test;
    await onPage('', {}, async ({ page }) => {
      await page.locator('.sentence', { hasText: sentence }).waitFor();
      await page.screenshot({ path: `/tmp/page-${size}.png` });
    });
  });

  function onPage(
    path: string,
    options: VisitOptions,
    act: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    return visit(browser, served, path, options, act);
  }
});
