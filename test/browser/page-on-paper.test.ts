import type { Page } from 'playwright-core';
import { overflowOf } from '../helpers/page/barriers.ts';
import { fleetOf, idOf } from '../helpers/page/fleets.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import { visit } from '../helpers/page/visit.ts';
import { commitTime, moved } from '../view/helpers.ts';

const PRINTED = { media: 'print' } as const;
describe('the page on paper', () => {
  const suite = pageInBrowser(async () => (await fleetOf(60)).test);

  it('has light colours, all rows one below the other, and no controls', async () => {
    const options = { colorScheme: 'dark', isFailing: true } as const;
    await visit(suite.browser, suite.served, '', options, async (reader) => {
      const { page, shown, row } = reader;
      await shown('60 instances');
      await page.locator('.plot canvas').waitFor();
      await page.locator('#health summary').click();
      await row(idOf(18)).getByRole('link').click();
      await page.locator('.panel .timeline').waitFor();

      await page.emulateMedia(PRINTED);
      await page.locator('.rows tr').nth(59).waitFor();

      expect(await colours(page)).toEqual({
        ground: 'rgb(255, 255, 255)',
        text: 'rgb(22, 25, 29)',
        sentence: 'rgb(22, 25, 29)',
        verdict: 'rgba(0, 0, 0, 0)',
      });
      expect(await page.evaluate(VISIBLE_CONTROLS)).toEqual([]);
      expect(await page.locator('.sentence').isVisible()).toBe(true);
      expect(await page.locator('.count').isVisible()).toBe(true);
      expect(await page.evaluate(GAPS)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);

      // What the reader has opened and closed is the same afterwards.
      await page.emulateMedia({ media: 'screen' });
      await page.locator('.panel .timeline').waitFor();
      expect(await page.locator('#time').getAttribute('open')).not.toBeNull();
      expect(await page.locator('#health').getAttribute('open')).toBeNull();
    });
  });

  it('has the first rows of a large fleet, and says of how many', async () => {
    suite.served.test = (await fleetOf(2_000)).test;
    await visit(suite.browser, suite.served, '', {}, async ({ page, shown }) => {
      await shown('2,000 instances');
      await page.emulateMedia(PRINTED);
      await page
        .getByText('These are the first 500 of 2,000 instances; the CSV has them all.')
        .waitFor();

      expect(await page.locator('.rows tr').count()).toBe(500);
      expect(await page.evaluate(GAPS)).toEqual([]);
    });
  });

  it('is marked where it shows the past', async () => {
    suite.served.test = (await fleetOf(60)).test;
    const path = `?at=${commitTime(6)}`;
    await visit(suite.browser, suite.served, path, {}, async ({ page, shown }) => {
      await shown('60 instances');
      await page.emulateMedia(PRINTED);

      await page.getByText('You are looking at the past').waitFor();
      expect(await page.getByRole('button', { name: 'Back to now' }).isVisible()).toBe(false);
    });
  });
});

describe('the page for readers who do not want motion', () => {
  const suite = pageInBrowser(async () => (await fleetOf(60)).test);

  it.each([
    ['nothing moves', 'reduce', false],
    ['the colour of the sentence fades, where they have nothing against it', 'no-preference', true],
  ] as const)('changes its sentence, and %s', async (_what, reducedMotion, isMoving) => {
    const { test, hangzhou } = await fleetOf(60);
    suite.served.test = test;
    await visit(
      suite.browser,
      suite.served,
      '',
      { reducedMotion },
      async ({ page, pass, sentence }) => {
        await sentence('6 instances are not running');
        await page.evaluate(COUNT_MOTIONS);
        await hangzhou.record([{ ...moved(idOf(0), 'Running', 'Stopped'), name: 'web-0' }]);
        await hangzhou.saveHealth();
        await pass(5_100);
        await sentence('web-0 stopped within the last hour');

        // A transition begins with the first frame that differs.
        await page.evaluate(
          'new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))',
        );
        expect(await page.evaluate('motions > 0')).toBe(isMoving);
        expect(await page.evaluate(`${MOVING}.length > 0`)).toBe(isMoving);
      },
    );
  });
});

/** Of what a reader can press, only the totals and the heads of columns say something on paper. */
const VISIBLE_CONTROLS = `[...document.querySelectorAll('button, .button, input, select, nav, .panel')]
  .filter((control) => control.closest('.pills, .bars, .head') === null && control.checkVisibility())
  .map((control) => control.outerHTML.slice(0, 100))`;

function colours(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return {
      ground: style('body').backgroundColor,
      text: style('body').color,
      sentence: style('.sentence').color,
      verdict: style('.verdict').backgroundColor,
    };
  })()`);
}

/** Rows that do not begin where the row before ends, and a footer that does not stand below them all. */
const GAPS = `(() => {
  const boxes = [...document.querySelectorAll('.rows tr, footer')].map((row) => row.getBoundingClientRect());
  return boxes.flatMap((box, index) => {
    const before = boxes[index - 1];
    if (before === undefined) return [];
    const gap = box.top - before.bottom;
    const isFooter = index === boxes.length - 1;
    return (isFooter ? gap >= 0 && gap < 200 : Math.abs(gap) < 1) ? [] : [[index, gap]];
  });
})()`;

const COUNT_MOTIONS = `
  window.motions = 0;
  for (const kind of ['transitionrun', 'animationstart']) {
    document.addEventListener(kind, () => { motions += 1; });
  }
`;

/** Elements that would move if something changed. */
const MOVING = `[...document.querySelectorAll('*')].filter((element) => {
  const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
  return transitionDuration !== '0s' || animationName !== 'none' || scrollBehavior !== 'auto';
})`;
