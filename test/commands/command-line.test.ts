import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts } from '../../commands/ports.ts';
import { runCommand, runFile } from '../helpers/processes.ts';

describe('the command line', () => {
  it.each([
    ['commands/start.ts', '--port N'],
    ['commands/local.ts', '--port N'],
    ['commands/watch.ts', '--once'],
    ['commands/doctor.ts', '--repair'],
    ['commands/page.ts', '--token-file FILE'],
    ['commands/build.ts', 'dist/'],
    ['bench/index.ts', 'cold-start'],
    ['test/simulation/main.ts', '--seeds N'],
  ])('says what %s does, its flags and an example', async (file, part) => {
    const { code, stdout, stderr } = await runFile(file, ['--help']).finished;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of ['Usage: npm', part, '--help', 'Example: npm']) {
      expect(stdout).toContain(text);
    }
  });

  it.each([
    ['commands/watch.ts', ['--onec'], /^Unknown option '--onec'.*--once/su],
    ['commands/watch.ts', ['--json'], /^--once is missing.*Usage: npm run watch/su],
    ['commands/build.ts', ['watch'], /^Unexpected argument 'watch'.*Usage: npm run build/su],
    ['bench/index.ts', ['speed'], /^There is no section speed\..*cold-start/su],
    [
      'test/simulation/main.ts',
      ['--seeds', 'many', '--first=-1'],
      /^--seeds is not a whole number.*: many\n--first is not a whole number.*: -1\n.*Usage: npm/su,
    ],
  ])('says what is wrong with %s %j, starts nothing and exits with 2', async (file, args, said) => {
    const { code, stdout, stderr } = await runFile(file, args).finished;

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(said);
  });

  it('says which flag it does not know, and which there are', async () => {
    const { code, stderr } = await runCommand('start', ['--fleets', '7'], {}).finished;

    expect(code).toBe(2);
    expect(stderr).toMatch(/^Unknown option '--fleets'/);
    expect(stderr).toContain('--fleet N');
  });

  it('moves to the next ports when another program has one of the documented ones', async () => {
    const { first } = await freePorts(20_000, 3);
    const other = createServer().listen(first + 1, '127.0.0.1');
    await once(other, 'listening');

    const next = await freePorts(first, 3);

    other.close();
    expect(next.first).toBeGreaterThan(first + 2);
    expect(next.taken).toBe(first + 1);
  });
});
