import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roundsOf } from '../helpers/rounds.ts';
import { bundleManyScopes, playManyScopesApart } from './bundle.ts';
import type { ManyScopesOptions } from './many-scopes.ts';

const SCOPES = roundsOf('MANY_SCOPES', 24);
const SEEDS = roundsOf('MANY_SCOPES_SEEDS', 2);
const FOLDER = join(__dirname, 'shard-mistakes');
const MISTAKES = readdirSync(FOLDER)
  .sort()
  .map((file) => ({
    name: file.replace('.ts', '').replaceAll('-', ' '),
    file: join(FOLDER, file),
  }));

const happened = new Map<string, number>();

let folder: string;
let player: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-watch-many-scopes-'));
  player = join(folder, 'play.js');
  await bundleManyScopes(player, MISTAKES);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const play = (options: Partial<ManyScopesOptions>) =>
  playManyScopesApart(player, { seed: 1, scopes: SCOPES, ticks: 6, ...options });

describe(`${SCOPES} scopes of three accounts, whose shards die, freeze, are refused, and use slow tables`, () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'keep every promise (seed %i)',
    async (seed) => {
      const { violations, tally, shards, last } = await play({ seed });
      for (const [what, count] of Object.entries(shards))
        happened.set(what, (happened.get(what) ?? 0) + count);

      expect(violations).toEqual([]);
      expect(last).toMatchObject({ ok: true });
      expect(tally.commits).toBeGreaterThan(SCOPES);
    },
    240_000,
  );

  it('whatever may become of a shard: each has become of some', () => {
    expect(happened.size).toBeGreaterThan(0);
    expect([...happened].filter(([, count]) => count === 0)).toEqual([]);
  });
});

describe('a promise is broken when', () => {
  it.each(MISTAKES)(
    '$name',
    async ({ name: mistake }) => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const { violations } = await play({ seed, mistake });
        if (violations.length > 0) return;
      }
      throw new Error('no history has noticed it');
    },
    240_000,
  );
});
