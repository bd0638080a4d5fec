import { seededRandom } from '../../local/random.ts';
import { JournalError } from '../../shared/ports/journal.ts';
import { fleetOf, idOf } from '../helpers/page/fleets.ts';
import { pageInBrowser } from '../helpers/page/in-browser.ts';
import { visit } from '../helpers/page/visit.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { HANGZHOU, moved } from '../view/helpers.ts';

/** test/web/live.test.ts plays as many with any history; here a browser has the timers and the token. */
const POLLS = roundsOf('WALL_POLLS', 20);
const POLL_MS = 5_000;
/** After a row of failures, the page waits a minute between two polls. */
const MAX_TURNS = 20 * POLLS;
/** Few, so that a poll costs a browser little. */
const SIZE = 12;
/** For so many polls on a busy machine. */
const PLAYED_MS = 60_000 + 1_000 * POLLS;
const TOKEN = 'the token of the view';
const NEXT_TOKEN = 'the token that replaces it';

describe('the page on a wall', () => {
  const suite = pageInBrowser(async () => (await fleetOf(0)).test);

  it(
    `is right after ${POLLS} polls, with faults, restarts and a new token in between`,
    async () => {
      const { served } = suite;
      const { test, hangzhou, shanghai } = await fleetOf(SIZE);
      Object.assign(served, { test, token: TOKEN });
      const random = seededRandom(14);
      const statuses = new Map<number, string>();

      /** The fleet changes, and the view fails or has restarted; or else none of it. */
      async function trouble(): Promise<void> {
        const isDark = random.chance(0.2);
        served.isDown = isDark && random.chance(0.4);
        test.journal.failure = undefined;
        if (random.chance(0.05)) test.ports.readings.set(HANGZHOU.key, undefined as never);
        if (random.chance(0.1)) {
          // Every third one is in the first region; these run at first.
          const index = 3 * random.below(SIZE / 3);
          const from = statuses.get(index) ?? 'Running';
          const to = from === 'Running' ? 'Stopped' : 'Running';
          await hangzhou.record([moved(idOf(index), from, to)]);
          statuses.set(index, to);
        }
        await scan();
        if (isDark) test.journal.failure = new JournalError('failed', 'OTSServerBusy', 'busy');
      }

      async function scan(): Promise<void> {
        for (const own of [hangzhou, shanghai]) await own.saveHealth({ lastGoodAtMs: test.nowMs });
      }

      const options = {
        viewport: { width: 1_440, height: 1_600 },
        httpCredentials: { username: 'wall', password: TOKEN },
        isFailing: true,
      };
      await visit(suite.browser, served, '?sort=name', options, async (reader) => {
        const { page, pass, passUntil, shown } = reader;
        let polls = 0;
        page.on('request', (request) => {
          if (request.url().includes('/changes?since')) polls += 1;
        });
        async function play(until: number): Promise<void> {
          for (let turns = 0; polls < until; turns += 1) {
            if (turns > MAX_TURNS) throw new Error(`the page polled only ${polls} times`);
            await trouble();
            await pass(POLL_MS);
          }
          served.isDown = false;
          test.journal.failure = undefined;
          await scan();
        }
        await shown('12 instances');

        await play(POLLS / 2);
        served.token = NEXT_TOKEN;
        const signIn = page.getByRole('button', { name: 'Sign in again' });
        while (!(await signIn.isVisible())) await pass(POLL_MS);
        await page.getByText('The token is not accepted any more.').waitFor();
        // A person comes by, and the browser asks.
        await page.context().setHTTPCredentials({ username: 'wall', password: NEXT_TOKEN });
        await scan();
        await signIn.click();
        await shown('12 instances');
        await play(POLLS);

        await passUntil(/stopped|not running/u);
        const { instances } = await test.json('/instances?sort=name&limit=1000');
        for (const { instanceId, status } of instances) await reader.status(instanceId, status);
        expect(await reader.ids()).toEqual(
          instances.map(({ instanceId }: { instanceId: string }) => instanceId),
        );
      });
    },
    PLAYED_MS,
  );
});
