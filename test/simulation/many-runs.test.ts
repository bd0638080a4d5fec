import { roundsOf } from '../helpers/rounds.ts';
import { playManyRuns, SHARED_RECEIVERS } from './many-runs.ts';

const SEEDS = roundsOf('MANY_RUNS_SEEDS', 1);

describe('200 runs that each watch one scope and share six channels', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'deliver every commit once to each channel, and none fails by contention (seed %i)',
    async (seed) => {
      const { promises, reports, accepted } = await playManyRuns({ seed, scopes: 200, ticks: 2 });

      expect(promises.violations).toEqual([]);
      expect(reports.filter(({ ok }) => !ok)).toEqual([]);
      const { commits } = promises.tally;
      expect(commits).toBeGreaterThan(200);
      for (const { name } of SHARED_RECEIVERS) {
        const sent = accepted.get(name) ?? [];
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
    gone: 0,
  };

  const { promises } = await playManyRuns({
    seed: 1,
    scopes: 50,
    ticks: 3,
    rates: { tablestore },
    killed: 0.1,
  });

  expect(promises.violations).toEqual([]);
  expect(promises.tally.commits).toBeGreaterThan(50);
}, 120_000);
