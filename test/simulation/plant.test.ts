import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planting } from './plant.ts';

describe('a mistake cannot be planted', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-planting-'));
    await writeFile(join(folder, 'real.ts'), 'export const known = () => true;');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

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

    await expect(planting([{ name: 'a mistake', file }])).rejects.toThrow(message);
  });
});
