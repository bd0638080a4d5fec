import { seededRandom } from '../../local/random.ts';
import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { Change, Notice } from '../../shared/core/model.ts';
import { hostileText } from '../helpers/hostile-json.ts';
import { HOSTILE_NAMES } from '../helpers/hostile-names.ts';
import { overflowOf } from '../helpers/page/barriers.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import { DESKTOP, PHONE, visit } from '../helpers/page/visit.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { BASELINE, HANGZHOU, recorder, type TestView, testView } from '../view/helpers.ts';

const SEEDS = roundsOf('HOSTILE_PAGES', 1);
const SIZE = 60;
/** A row of the table, and one on a phone, with its line below. */
const MAX_ROW_HEIGHT = 78;
const MARKUP = [
  '<img src=x onerror=alert(1)>"&\'<script>alert(2)</script>',
  'javascript:alert(1)',
  '</script><script>alert(3)</script>',
  '"><svg onload=alert(4)>',
  '\u202e\u2066gnp.exe',
  'ﷺ'.repeat(60),
  `a${'\u0301'.repeat(200)}`,
  'W'.repeat(64),
];

describe('the page with texts that want to harm', () => {
  const suite = pageInBrowser(testView);

  it.each(Array.from({ length: SEEDS }, (_, seed) => [seed]))(
    'executes nothing and keeps its layout, whatever stands in it (seed %d)',
    async (seed) => {
      const { test, ids } = await hostileFleet(seed);
      suite.served.test = test;
      for (const viewport of [PHONE, DESKTOP]) {
        await visit(
          suite.browser,
          suite.served,
          '',
          { viewport, isFailing: true },
          async ({ page, openSections, shown }) => {
            await shown(`${SIZE} instances`);
            await page.locator('.rows tr').nth(5).waitFor();
            await openSections();
            await page.locator('#health li').first().waitFor();
            expect(await overflowOf(page)).toBe(0);
            for (const height of await page.evaluate<number[]>(ROW_HEIGHTS)) {
              expect(height).toBeLessThanOrEqual(MAX_ROW_HEIGHT);
            }
          },
        );
      }
      const random = seededRandom(seed);
      for (const path of [
        `?instance=${random.pick(ids)}`,
        `?text=${encodeURIComponent(random.pick(MARKUP))}&tag=${encodeURIComponent(hostileText(random).slice(0, 100).toWellFormed())}`,
        `?status=${encodeURIComponent(random.pick(MARKUP))}&sort=${encodeURIComponent(random.pick(MARKUP))}`,
        `?instance=${encodeURIComponent(random.pick(MARKUP))}`,
      ]) {
        const options = { viewport: PHONE, isFailing: true };
        await visit(suite.browser, suite.served, path, options, async ({ page }) => {
          await page.locator('.verdict:not(.unknown)').waitFor();
          expect(await overflowOf(page)).toBe(0);
        });
      }
    },
  );
});

const ROW_HEIGHTS = `[...document.querySelectorAll('.rows tr')].map((row) => {
  // What a row hides of a long text does not count; what would hang out of it does.
  const { top } = row.getBoundingClientRect();
  const ends = [...row.querySelectorAll('td, th')].map((cell) => cell.getBoundingClientRect().bottom);
  return Math.max(row.getBoundingClientRect().height, ...ends.map((end) => end - top));
})`;

/** A fleet of whose texts each is hostile, in changes, notices and channels too. */
async function hostileFleet(
  seed: number,
): Promise<{ readonly test: TestView; readonly ids: readonly string[] }> {
  const random = seededRandom(seed);
  const text = (): string =>
    random.pick([
      () => random.pick(HOSTILE_NAMES),
      () => random.pick(MARKUP),
      () => hostileText(random),
    ])();
  const test = testView([HANGZHOU]);
  const own = recorder(test.journal, HANGZHOU);
  const all: readonly Change[] = Array.from({ length: SIZE }, (_, index) => ({
    instanceId: `${index}${text()}`.slice(0, 300),
    from: null,
    to: random.chance(0.5) ? text() || 'Running' : 'Running',
    name: text(),
    zoneId: text(),
    instanceType: text(),
    resourceGroupId: text(),
    created: text(),
    privateIps: [text(), text()],
    publicIps: [text()],
    tags: { [text()]: text(), [text()]: text() },
  }));
  await own.record(all, BASELINE);
  const notices: readonly Notice[] = [
    { kind: 'scans-failing', failures: 3, sinceMs: 0, reason: text() },
    { kind: 'unknown', name: text(), fields: {} },
  ];
  for (const notice of notices) await own.record([], notice);
  for (const { instanceId, to, name = '' } of all.slice(0, 8)) {
    await own.record([{ instanceId, from: to, to: text() || 'Stopped', name }]);
  }
  await own.saveHealth({ failures: 3, reason: text(), failingSinceMs: test.nowMs });
  for (const [index, name] of [text(), text()].entries()) {
    await test.journal.moveChannel(`${index}${name}`, undefined, {
      ...NEW_CHANNEL,
      version: 1,
      failures: 4,
      attemptedAtMs: test.nowMs,
      problem: text(),
    });
  }
  test.nowMs += 15 * 60_000;
  return { test, ids: all.map(({ instanceId }) => encodeURIComponent(instanceId.toWellFormed())) };
}
