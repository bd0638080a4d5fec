import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roundsOf } from '../helpers/rounds.ts';
import { bundlePlayer, playAll } from './bundle.ts';
import { playHistory } from './history.ts';

/** In `npm test`, these few: they meet everything that the last check asks for. */
const FEW = [
  { first: 42, seeds: 2 },
  { first: 56, seeds: 2 },
  { first: 67, seeds: 1 },
  { first: 70, seeds: 2 },
  { first: 74, seeds: 1 },
  { first: 82, seeds: 1 },
  // Two runs at once, three minutes after the one before them.
  { first: 102_123, seeds: 1 },
];
const MANY = roundsOf('HISTORIES', 0);
const RANGES = MANY > 0 ? [{ first: 1, seeds: MANY }] : FEW;
const SEEDS = RANGES.reduce((sum, { seeds }) => sum + seeds, 0);
const TICKS = 40;
const PROCESSES = 2;
/** On a busy machine, each process takes seconds to start, and up to a second for a history. */
const TIMEOUT_MS = 180_000 + (SEEDS / PROCESSES) * 1_000;

it(
  `keeps every promise in ${SEEDS} histories, each with faults of its own`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-histories-'));
    const broken: string[] = [];
    try {
      const player = join(folder, 'play.js');
      await bundlePlayer(player);

      const tally = new Map<string, number>();
      let played = 0;
      for (const range of RANGES) {
        const part = await playAll(player, { ...range, ticks: TICKS }, PROCESSES, (seed, [first]) =>
          broken.push(`npm run simulate -- --seeds 1 --first ${seed}: ${first}`),
        );
        played += part.played;
        for (const [what, count] of part.tally) tally.set(what, (tally.get(what) ?? 0) + count);
      }

      expect(broken).toEqual([]);
      expect(played).toBe(SEEDS);
      // Each of these happened, and more than now and then: otherwise the histories would test nothing.
      expect(tally.size).toBeGreaterThan(0);
      for (const [what, count] of tally) expect([what, count > SEEDS / 10]).toEqual([what, true]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  TIMEOUT_MS,
);

it('plays the same history for the same seed', async () => {
  const one = await playHistory({ seed: 7, ticks: 20 });
  const other = await playHistory({ seed: 7, ticks: 20 });

  expect(one).toEqual(other);
});
