import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleEveryCrash, playEveryCrashApart } from './bundle.ts';

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
  { kind: 'first', state: 'in its first tick ever' },
  { kind: 'warm', state: 'that remembers earlier ticks' },
  { kind: 'cold', state: 'that was just started' },
  { kind: 'standing in', state: 'that sends the messages of a channel to its fallback' },
] as const)('a function $state', ({ kind }) => {
  it('may die before and after each of its exchanges with the outside, and no change is lost', async () => {
    const { operations, broken } = await playEveryCrashApart(player, kind);

    expect(operations).toBeGreaterThan(20);
    expect(broken).toEqual([]);
  });
});
