import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlePlayer, play } from './bundle.ts';
import { planting } from './plant.ts';

const SEEDS = 1_000;
const TICKS = 40;
const MISTAKES = join(__dirname, 'mistakes');
/** Where the first histories keep the promise by luck, the search begins here to save time. */
const FIRST_SEEDS: Readonly<Record<string, number>> = {
  'a channel moves without compare and set': 360,
  'a checkpoint forgets what was released': 472,
  'a commit is written without its condition': 34,
  'a notice of a tick that died is committed again': 26,
  'a second opinion that contradicts is ignored': 244,
  'an answer by id with fewer rows than its count is believed': 76,
  'an answer by id without a witness is believed': 117,
  'an incomplete scan counts as complete': 37,
  'the scan begins before the last seq is read': 423,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-watch-mistakes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Each file is one mistake that a developer may make, and its name says which. */
describe(`within ${SEEDS} histories a promise is broken when`, () => {
  it.each(readdirSync(MISTAKES).map((file) => [nameOf(file), file] as const))(
    '%s',
    async (name, file) => {
      const player = join(folder, `${name}.js`);
      await bundlePlayer(player, join(MISTAKES, file));
      const broken: number[] = [];

      const first = FIRST_SEEDS[name] ?? 1;
      await play(player, { first, seeds: SEEDS, ticks: TICKS, stop: true }, (line) => {
        if ('seed' in line) broken.push(line.seed);
      });

      expect(broken).toHaveLength(1);
    },
    120_000,
  );
});

describe('a mistake cannot be planted', () => {
  beforeAll(() => writeFile(join(folder, 'real.ts'), 'export const known = () => true;'));

  it.each([
    [
      'in a module that is gone',
      "import type * as real from './gone.ts';\nexport const known = () => false;",
      /^mistake\.ts replaces functions of .*gone\.ts, which does not exist$/u,
    ],
    [
      'in place of a function that is gone',
      "import type * as real from './real.ts';\nexport const renamed = () => false;",
      /^mistake\.ts replaces renamed, which .*real\.ts does not export$/u,
    ],
    [
      'without a module to plant it in',
      'export const known = () => false;',
      /^mistake\.ts imports no module as `real`$/u,
    ],
    [
      'without a replacement',
      "import type * as real from './real.ts';",
      /^mistake\.ts replaces nothing$/u,
    ],
  ])('%s', async (_what, source, message) => {
    const file = join(folder, 'mistake.ts');
    await writeFile(file, source);

    await expect(planting(file)).rejects.toThrow(message);
  });
});

function nameOf(file: string): string {
  return file.replace('.ts', '').replaceAll('-', ' ');
}
