import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts } from '../../commands/ports.ts';
import { runCommand } from '../helpers/processes.ts';

describe('the command line', () => {
  it.each(['start', 'local'])('says what %s does, its flags and an example', async (command) => {
    const { code, stdout, stderr } = await runCommand(command, ['--help'], {}).finished;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const part of ['Usage: npm', '--port N', '--help', 'Example: npm']) {
      expect(stdout).toContain(part);
    }
  });

  it('says which flag it does not know, and which there are', async () => {
    const { code, stderr } = await runCommand('start', ['--fleets', '7'], {}).finished;

    expect(code).toBe(2);
    expect(stderr).toMatch(/^Unknown option '--fleets'/);
    expect(stderr).toContain('--fleet N');
  });

  it('moves to the next ports when another program has one of the documented ones', async () => {
    const first = await freePorts(20_000, 3);
    const other = createServer().listen(first + 1, '127.0.0.1');
    await once(other, 'listening');

    const next = await freePorts(first, 3);

    other.close();
    expect(next).toBeGreaterThan(first + 2);
  });
});
