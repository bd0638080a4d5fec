import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in a process of its own, so that it and its load do not share a thread. */
export interface ServerProcess<Addresses> {
  /** The JSON object on the first line that it printed. */
  readonly addresses: Addresses;
  stop(): Promise<void>;
}

/** What `commands/local.ts --only tablestore` prints. */
export interface TablestoreAddresses {
  readonly tablestore: string;
  readonly instance: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** @param data `memory`, or a directory. */
export function startTablestoreProcess(data: string): Promise<ServerProcess<TablestoreAddresses>> {
  return startProcess(['commands/local.ts', '--only', 'tablestore', '--data', data]);
}

export function startBareProcess(): Promise<ServerProcess<{ readonly url: string }>> {
  return startProcess(['bench/tablestore/bare-server.ts']);
}

async function startProcess<Addresses>(
  command: readonly string[],
): Promise<ServerProcess<Addresses>> {
  const server = spawn(process.execPath, ['commands/load-typescript.mjs', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A benchmark that fails leaves no process behind.
  process.once('exit', () => server.kill('SIGKILL'));
  return { addresses: JSON.parse(await firstLine(server)), stop: () => stopped(server) };
}

async function firstLine(server: ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> }) {
  const lines = createInterface(server.stdout);
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  if (line === undefined) throw new Error('the server ended before it said where it listens');
  return line;
}

async function stopped(server: ChildProcess): Promise<void> {
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  await exit;
}
