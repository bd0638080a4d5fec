import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWith } from '../helpers/processes.ts';

const PROGRAM = `import { fail, here } from './deep/part.ts';
console.log(here, process.argv[2]);
fail('it went wrong');
`;
const PART = `export const here: string = __dirname;

export function fail(message: string): never {
  throw new Error(message);
}
`;

describe('a program in TypeScript', () => {
  let folder: string;
  beforeAll(async () => {
    // The system's folder may be a link, and a source knows its real place.
    folder = await realpath(await mkdtemp(join(tmpdir(), 'ecs-watch-program-')));
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'program.ts'), PROGRAM);
    await writeFile(join(folder, 'deep', 'part.ts'), PART);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs as one script, and each of its sources knows its own folder and line', async () => {
    const args = ['commands/load-typescript.mjs', join(folder, 'program.ts'), 'one'];
    const { code, stdout, stderr } = await runWith(process.execPath, args, {}).finished;

    expect([stdout, code]).toEqual([`${join(folder, 'deep')} one\n`, 1]);
    expect(stderr).toContain('Error: it went wrong');
    expect(stderr).toContain(`${join(folder, 'deep', 'part.ts')}:4:`);
    expect(stderr).toContain(`${join(folder, 'program.ts')}:3:`);
  });
});
