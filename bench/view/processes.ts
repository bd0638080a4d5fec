import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleFunctions, bundleSources } from '../../commands/bundle.ts';
import { AS_DEPLOYED } from '../function-process.ts';
import { environmentOf, type LocalCloud } from '../local-cloud.ts';
import { REPLICA_KEY, TOKEN } from './client.ts';

/** The built programs of the benchmark. */
export interface Programs {
  readonly server: string;
  readonly view: string;
}

export async function buildPrograms(folder: string): Promise<Programs> {
  await bundleFunctions(folder, ['view']);
  await bundleSources({ server: 'bench/view/server.ts' }, join(folder, 'server'));
  return {
    server: join(folder, 'server', 'server.js'),
    view: join(folder, 'view', 'index.js'),
  };
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server in a process of its own, with the heap of the deployed function; without a view, a bare one. */
export async function startServer(
  { server, view }: Programs,
  kind: 'view' | 'bare',
  cloud: LocalCloud,
): Promise<RunningServer> {
  const args = kind === 'view' ? [server, view] : [server];
  const child = spawn(process.execPath, [...AS_DEPLOYED.flags, '--expose-gc', ...args], {
    env: {
      ...AS_DEPLOYED.environment,
      ...environmentOf(cloud),
      VIEW_TOKEN: TOKEN,
      REPLICA_ACCESS_KEY_ID: REPLICA_KEY.accessKeyId,
      REPLICA_ACCESS_KEY_SECRET: REPLICA_KEY.accessKeySecret,
    },
    // The function writes its log to standard output.
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // A benchmark that fails leaves no process behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const { url } = JSON.parse(await firstLine(child)) as { readonly url: string };
  return {
    url,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('the server has no output');
  const lines = createInterface(child.stderr);
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  if (line === undefined) throw new Error('the server ended before it said where it listens');
  return line;
}
