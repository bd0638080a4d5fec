import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../commands/command-line.ts';
import { holdingDist } from '../../commands/hold-dist.ts';

describe('the folder of a build', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ecs-watch-dist-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is of one process at a time, and that is no matter of the configuration', async () => {
    const lock = join(folder, 'dist.lock');

    const inner = holdingDist(() => holdingDist(async () => 'built', lock), lock);

    await expect(inner).rejects.toThrow(/^Nothing can be built in .*: another npm run build/u);
    await expect(inner).rejects.toBeInstanceOf(UsageError);
    expect(await holdingDist(async () => 'built', lock)).toBe('built');
  });

  it('is refused in words where nothing can be written', async () => {
    const lock = join(folder, 'dist.lock');
    writeFileSync(lock, '');

    await expect(holdingDist(async () => 'built', lock)).rejects.toBeInstanceOf(UsageError);
  });
});
