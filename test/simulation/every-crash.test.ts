import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roundsOf } from '../helpers/rounds.ts';
import { bundleEveryCrash, playEveryCrashApart } from './bundle.ts';

/** `npm run soak`: at every exchange. Otherwise each kind of tick dies at others of them. */
const STEP = roundsOf('EVERY_CRASH', 0) > 0 ? 1 : 4;

let folder: string;
let player: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-watch-every-crash-'));
  player = join(folder, 'play.js');
  await bundleEveryCrash(player);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * The first tick takes a baseline and registers every channel. The other ticks commit changes and
 * releases, deliver messages and store a checkpoint.
 */
describe.each([
  { kind: 'first', place: 0, state: 'in its first tick ever' },
  { kind: 'warm', place: 1, state: 'that remembers earlier ticks' },
  { kind: 'cold', place: 2, state: 'that was just started' },
  { kind: 'standing in', place: 3, state: 'that sends the messages of a channel to its fallback' },
] as const)('a function $state', ({ kind, place }) => {
  it('may die before and after its exchanges with the outside, and no change is lost', async () => {
    const { operations, broken } = await playEveryCrashApart(player, {
      kind,
      first: 1 + (place % STEP),
      step: STEP,
    });

    expect(operations).toBeGreaterThan(20);
    expect(broken).toEqual([]);
  });
});
