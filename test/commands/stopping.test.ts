import type { ChildProcess } from 'node:child_process';
import { runNpm } from '../helpers/processes.ts';

describe('a command that npm has started', () => {
  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'ends with all its servers when npm gets %s',
    async (signal) => {
      const { child, finished } = runNpm(['run', '--silent', 'local', '--', '--port', '0']);
      const { ecs } = JSON.parse(await firstLine(child)) as { readonly ecs: string };
      const before = await fetch(ecs).then(({ status }) => status);

      child.kill(signal);
      // The output is closed once every process that holds it has ended.
      await finished;

      expect(before).toBe(404);
      await expect(fetch(ecs)).rejects.toThrow('fetch failed');
    },
  );
});

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
