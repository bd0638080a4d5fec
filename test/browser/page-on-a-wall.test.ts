import { seededRandom } from '../../local/random.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { fleetOf, idOf } from '../helpers/page/fleets.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import { visit } from '../helpers/page/visit.ts';
import { HANGZHOU, moved } from '../view/helpers.ts';

/** 200 of them are in test/web/live.test.ts, without a browser. */
const POLLS = 60;
const POLL_MS = 5_000;
const SIZE = 60;
const TOKEN = 'the token of the view';

describe('the page on a wall', () => {
  const suite = pageInBrowser(async () => (await fleetOf(0)).test);

  it('is right after many polls, with faults, restarts and refusals in between', async () => {
    const { test, hangzhou, shanghai } = await fleetOf(SIZE);
    suite.served.test = test;
    const random = seededRandom(14);
    const statuses = new Map<number, string>();
    const options = { viewport: { width: 1_440, height: 4_000 }, isFailing: true };
    await visit(
      suite.browser,
      suite.served,
      '?sort=name',
      options,
      async ({ page, pass, passUntil, shown }) => {
        await shown('60 instances');
        for (let polls = 0; polls < POLLS; polls += 1) {
          const isDark = random.chance(0.2);
          suite.served.isDown = isDark && random.chance(0.4);
          suite.served.token = isDark && random.chance(0.4) ? TOKEN : '';
          test.journal.failure = undefined;
          if (random.chance(0.05)) test.ports.readings.set(HANGZHOU.key, undefined as never);
          if (random.chance(0.1)) {
            // One that runs at first, in the first region.
            const index = 30 * random.below(SIZE / 30) + 3;
            const from = statuses.get(index) ?? 'Running';
            const to = from === 'Running' ? 'Stopped' : 'Running';
            await hangzhou.record([moved(idOf(index), from, to)]);
            statuses.set(index, to);
          }
          for (const own of [hangzhou, shanghai])
            await own.saveHealth({ lastGoodAtMs: test.nowMs });
          if (isDark) test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'busy');
          await pass(POLL_MS);
        }

        Object.assign(suite.served, { isDown: false, token: '' });
        test.journal.failure = undefined;
        await passUntil(/stopped|not running/u);
        const { instances } = await test.json('/instances?sort=name&limit=1000');
        const expected = instances.map(
          ({ instanceId, status }: { instanceId: string; status: string }) =>
            `${instanceId} ${status}`,
        );
        await page.waitForFunction(
          `JSON.stringify(${ROWS}) === ${JSON.stringify(JSON.stringify(expected))}`,
        );
      },
    );
  });
});

const ROWS = `[...document.querySelectorAll('.rows tr')].map((row) =>
  row.querySelector('.id').textContent + ' ' + row.querySelector('.status bdi').textContent)`;
