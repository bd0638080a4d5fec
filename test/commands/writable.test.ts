import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../../commands/bundle.ts';
import { makeWritable, notWritable } from '../../commands/writable.ts';
import { runCommand } from '../helpers/processes.ts';

describe('a folder that cannot be written', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecs-watch-writable-'));
    await writeFile(join(folder, 'file'), '');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['EACCES', 'it belongs to another user'],
    ['EROFS', 'its file system is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['EWEIRD', 'the system says EWEIRD'],
  ])('is explained in one sentence for %s', (code, reason) => {
    const cause = Object.assign(new Error('a text with a stack'), { code });

    expect(notWritable('/data', 'Choose another one.', cause).message).toBe(
      `Cannot write to /data: ${reason} (${code}). Choose another one.`,
    );
  });

  it('is named by npm run local, with the flag that chooses another', async () => {
    const data = join(folder, 'file', 'data');

    const { code, stdout, stderr } = await runCommand('local', ['--data', data], {}).finished;

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `Cannot write to ${data}: a part of that path is a file (ENOTDIR). ` +
        'Choose another folder with --data.\n',
    );
  });

  it('is named when the functions are bundled', async () => {
    await expect(bundleFunctions(join(folder, 'file', 'dist'))).rejects.toThrow(
      /^Cannot write to .*dist: a part of that path is a file \(ENOTDIR\)\. Remove it/u,
    );
  });

  it('is made when it is not there yet', async () => {
    await makeWritable(join(folder, 'new', 'data'), 'Nothing.');

    expect(await readdir(join(folder, 'new'))).toEqual(['data']);
  });
});
