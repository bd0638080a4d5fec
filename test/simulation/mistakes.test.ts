import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePlayer, play } from './bundle.ts';
import { MISTAKES } from './mistakes.ts';

const SEEDS = 1_000;
const TICKS = 40;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-watch-mistakes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe(`within ${SEEDS} histories it is noticed that`, () => {
  it.each(MISTAKES.map(({ first = 1, ...mistake }, index) => ({ ...mistake, first, index })))(
    '$name',
    async ({ edits, first, index }) => {
      const player = join(folder, `${index}.js`);
      await bundlePlayer(player, edits);
      const broken: number[] = [];

      await play(player, { first, seeds: SEEDS, ticks: TICKS, stop: true }, (line) => {
        if ('seed' in line) broken.push(line.seed);
      });

      expect(broken).toHaveLength(1);
    },
    120_000,
  );
});
