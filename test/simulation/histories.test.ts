import { playHistory } from './history.ts';

const SEEDS = 1_000;
const TICKS = 40;

it('keeps every promise in a thousand histories, each with bad luck of its own', async () => {
  const broken: string[] = [];
  const tally = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const outcome = await playHistory({ seed, ticks: TICKS });
    for (const [what, count] of Object.entries(outcome.tally)) {
      tally.set(what, (tally.get(what) ?? 0) + count);
    }
    const [first] = outcome.violations;
    if (first !== undefined) broken.push(`npm run simulate -- --seeds 1 --first ${seed}: ${first}`);
  }

  expect(broken).toEqual([]);
  // All of it has happened, and often: otherwise nothing was put to the test.
  for (const [what, count] of tally) expect([what, count > SEEDS]).toEqual([what, true]);
}, 240_000);

it('plays the same history for the same seed', async () => {
  const [one, other] = [
    await playHistory({ seed: 7, ticks: 20 }),
    await playHistory({ seed: 7, ticks: 20 }),
  ];

  expect(one).toEqual(other);
});
