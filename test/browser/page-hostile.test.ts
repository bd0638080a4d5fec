import { seededRandom } from '../../local/random.ts';
import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import type { DeliveryRecord } from '../../shared/core/delivery-record.ts';
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
/** In every place at least once: a place that takes it for markup is found with any seed. */
const HTML = '<img src=x onerror=alert(1)>"&\'<script>alert(2)</script>';
const FIRST_ID = `0${HTML}`;
const MARKUP = [
  HTML,
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
      suite.served.test = await hostileFleet(seed);
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
      const own = encodeURIComponent(HTML);
      const markup = (): string => encodeURIComponent(random.pick(MARKUP));
      const tag = encodeURIComponent(hostileText(random).slice(0, 100).toWellFormed());
      for (const [path, sign] of [
        [`?instance=${encodeURIComponent(FIRST_ID)}`, '.panel .deliveries li'],
        [`?text=${markup()}&tag=${tag}`, '.count'],
        [`?status=${own}&sort=${markup()}`, '.chip'],
        [`?instance=${own}&at=${own}&region=${own}`, '.panel [role=alert]'],
      ] as const) {
        const options = { viewport: PHONE, isFailing: true };
        await visit(suite.browser, suite.served, path, options, async ({ page }) => {
          await page.locator('.verdict:not(.unknown)').waitFor();
          await page.locator(sign).first().waitFor();
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
async function hostileFleet(seed: number): Promise<TestView> {
  const random = seededRandom(seed);
  const text = (): string =>
    random.pick([
      () => random.pick(HOSTILE_NAMES),
      () => random.pick(MARKUP),
      () => hostileText(random),
    ])();
  const test = testView([HANGZHOU]);
  const own = recorder(test.journal, HANGZHOU);
  const all = Array.from({ length: SIZE }, (_, index) =>
    index === 0
      ? anInstance(FIRST_ID, () => HTML + text())
      : anInstance(`${index}${text()}`.slice(0, 300), text, random.chance(0.5)),
  );
  await own.record(all, BASELINE);
  for (const { instanceId, to, name = '' } of all.slice(0, 8)) {
    await own.record([{ instanceId, from: to, to: text() || 'Stopped', name }]);
  }
  const notices: readonly Notice[] = [
    { kind: 'scans-failing', failures: 3, sinceMs: 0, reason: HTML + text() },
    { kind: 'unknown', name: HTML + text(), fields: {} },
  ];
  for (const notice of notices) await own.record([], notice);
  await own.saveHealth({ failures: 3, reason: HTML + text(), failingSinceMs: test.nowMs });
  for (const [index, name] of [HTML + text(), text()].entries()) {
    const channel = `${index}${name}`;
    const problem = HTML + text();
    await test.journal.moveChannel(channel, undefined, {
      ...NEW_CHANNEL,
      version: 1,
      failures: 4,
      attemptedAtMs: test.nowMs,
      problem,
    });
    await test.journal.recordDelivery(aFailure(channel, problem, test.nowMs), test.nowMs);
  }
  test.nowMs += 15 * 60_000;
  return test;
}

/** `text` is asked for each of its texts. */
function anInstance(instanceId: string, text: () => string, isOdd = true): Change {
  return {
    instanceId,
    from: null,
    to: isOdd ? text() || 'Running' : 'Running',
    name: text(),
    zoneId: text(),
    instanceType: text(),
    resourceGroupId: text(),
    created: text(),
    privateIps: [text(), text()],
    publicIps: [text()],
    tags: { [text()]: text(), [text()]: text() },
  };
}

/** An attempt to report the first change after the baseline. */
function aFailure(channel: string, reason: string, atMs: number): DeliveryRecord {
  return {
    channel,
    seq: atMs * 1_000,
    atMs,
    tickId: 'tick-1',
    commits: [`${HANGZHOU.key}/2`],
    commitCount: 1,
    changeCount: 1,
    attempt: 1,
    isRepeat: false,
    verdict: 'retry',
    reason,
  };
}
