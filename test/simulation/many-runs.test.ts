import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roundsOf } from '../helpers/rounds.ts';
import { bundleManyRuns, playManyRunsApart } from './bundle.ts';
import { type ManyRunsOptions, SHARED_RECEIVERS } from './many-runs.ts';

const SEEDS = roundsOf('MANY_RUNS_SEEDS', 1);
/** Each run reads where all others begin: the time grows faster than their number. */
const RUNS = roundsOf('MANY_RUNS', 50);

let folder: string;
let player: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-watch-many-runs-'));
  player = join(folder, 'play.js');
  await bundleManyRuns(player);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const play = (options: ManyRunsOptions) => playManyRunsApart(player, options);

describe(`${RUNS} runs that each watch one scope and share six channels`, () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'deliver every commit once to each channel, and none fails by contention (seed %i)',
    async (seed) => {
      const outcome = await play({ seed, scopes: RUNS, ticks: 2 });

      expect(outcome.violations).toEqual([]);
      expect(outcome.reports.filter(({ ok }) => !ok)).toEqual([]);
      const { commits } = outcome.tally;
      expect(commits).toBeGreaterThan(RUNS);
      for (const { name } of SHARED_RECEIVERS) {
        const sent = outcome.accepted[name] ?? [];
        expect([name, sent.length, new Set(sent).size]).toEqual([name, commits, commits]);
      }
    },
    240_000,
  );
});

it('deliver every commit, repeats labelled, though rows and answers are lost and runs die', async () => {
  const tablestore = {
    busy: 0.02,
    lostRequest: 0.02,
    lostAnswer: 0.02,
    slow: 0,
    outage: 0,
  };

  const { violations, tally } = await play({
    seed: 1,
    scopes: RUNS / 2,
    ticks: 3,
    rates: { tablestore },
    killed: 0.1,
  });

  expect(violations).toEqual([]);
  expect(tally.commits).toBeGreaterThan(RUNS / 2);
}, 120_000);
