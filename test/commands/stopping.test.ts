import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Running, runFile, runNpm, runShell } from '../helpers/processes.ts';
import { roundsOf } from '../helpers/rounds.ts';

/** Before npm has started anything, as it starts the command, while that loads and builds, and later. */
const MOMENTS_MS = [200, 350, 450, 550, 700, 1_000, 1_500];
/** `npm run soak`: each signal comes at every moment; otherwise each comes at others of them. */
const EVERY = roundsOf('STOPPED_MOMENTS', 0) > 0 ? 1 : 2;
/** All that runs has ended by then, on a busy machine as well. */
const ENDED_WITHIN_MS = 10_000;
/** The end of a parent is noticed within half a second. */
const NOTICED_MS = 1_500;

const LOCAL = ['run', '--silent', 'local', '--', '--port', '0'];
const START = ['run', '--silent', 'start', '--', '--port', '0', '--fleet', '3'];

describe('a command that npm has started', () => {
  const started: Running[] = [];
  afterEach(() => {
    // The whole group: what a failure of this test leaves behind has no other handle.
    for (const { child } of started) killGroup(child);
    started.length = 0;
  });
  function keep(running: Running): Running {
    started.push(running);
    return running;
  }

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'ends with all its servers when npm gets %s',
    async (signal) => {
      const { child, finished } = keep(runNpm(LOCAL));
      const { ecs } = JSON.parse(await firstLine(child)) as { readonly ecs: string };
      const before = await fetch(ecs).then(({ status }) => status);

      child.kill(signal);
      // The output is closed once every process that holds it has ended.
      await finished;

      expect(before).toBe(404);
      await expect(fetch(ecs)).rejects.toThrow('fetch failed');
    },
  );

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves nothing running when npm gets %s at any moment of the start',
    async (signal) => {
      const left: string[] = [];

      for (const [place, momentMs] of MOMENTS_MS.entries()) {
        if ((place + (signal === 'SIGKILL' ? 1 : 0)) % EVERY !== 0) continue;
        const { child, finished } = keep(runNpm(place % 4 < 2 ? START : LOCAL));
        await sleep(momentMs);
        child.kill(signal);
        const hasEnded = await Promise.race([
          finished.then(() => true),
          sleep(ENDED_WITHIN_MS, false, { ref: false }),
        ]);
        if (!hasEnded) left.push(`${momentMs} ms`);
      }

      expect(left).toEqual([]);
    },
    2 * MOMENTS_MS.length * ENDED_WITHIN_MS,
  );

  it('goes on when the shell ends from which npm was started in the background', async () => {
    const { child } = keep(runShell(`npm ${LOCAL.join(' ')} &`));
    const { ecs } = JSON.parse(await firstLine(child)) as { readonly ecs: string };

    await sleep(NOTICED_MS);

    expect(child.exitCode).toBe(0);
    await expect(fetch(ecs)).resolves.toMatchObject({ status: 404 });
  });
});

describe('work that must not be interrupted', () => {
  it('comes to its end after Ctrl-C, and the process then ends as it was asked to', async () => {
    const { child, finished } = runFile('test/helpers/uninterrupted-process.ts', []);
    await firstLine(child);

    child.kill('SIGINT');
    // The second signal comes after the first: the process has lived on.
    await once(child.stderr as Readable, 'data');
    child.kill('SIGUSR2');

    const { stdout, stderr } = await finished;
    expect(stdout).toBe('working\nclosed\n');
    expect(stderr).toBe('Closing.\n');
    expect(child.signalCode).toBe('SIGINT');
  });
});

function killGroup({ pid = 0 }: ChildProcess): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    stdout?.on('data', (chunk: string) => {
      printed += chunk;
      if (printed.includes('\n')) resolve(printed.split('\n')[0] ?? '');
    });
    stdout?.once('end', () => reject(new Error(`npm ended: ${printed}`)));
  });
}
