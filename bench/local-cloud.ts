import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { watchHandler } from '../functions/watch/index.ts';
import type { EcsFaults } from '../local/ecs/index.ts';
import { CHANNEL_KINDS } from '../shared/channels/index.ts';

export const ROOT = join(__dirname, '..');
export const REGION = 'cn-hangzhou';

/** A local cloud in a process of its own, so that it takes no time from the measured process. */
export interface LocalCloud extends Addresses {
  setFaults(faults: EcsFaults): Promise<void>;
  /** Calls of all actions that ECS has received so far. */
  ecsCalls(): Promise<number>;
  stop(): Promise<void>;
}

/** The part of the first line of `npm run local` that the benchmark uses. */
interface Addresses {
  readonly ecs: string;
  readonly tablestore: string;
  readonly instance: string;
  readonly inbox: string;
  readonly control: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function startCloud(fleetSize: number): Promise<LocalCloud> {
  const child = spawn(
    process.execPath,
    ['commands/load-typescript.mjs', 'commands/local.ts', '--fleet', String(fleetSize)],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the local cloud ended early: ${signal ?? `exit code ${code}`}`);
  });
  // It ends when it is stopped, too.
  ended.catch(() => undefined);
  const first = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const [line] = await Promise.race([first, ended]);
  const addresses = JSON.parse(line) as Addresses;
  const { control } = addresses;
  return {
    ...addresses,
    async setFaults(faults) {
      const answer = await fetch(`${control}/faults/ecs`, {
        method: 'PUT',
        body: JSON.stringify(faults),
      });
      if (!answer.ok) throw new Error(`the faults were refused: ${await answer.text()}`);
    },
    async ecsCalls() {
      const { ecs } = (await (await fetch(`${control}/usage`)).json()) as {
        ecs: { calls: Record<string, number> };
      };
      return Object.values(ecs.calls).reduce((sum, calls) => sum + calls, 0);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended.catch(() => undefined);
    },
  };
}

/** Runs `measure` on a local cloud of its own, and stops the cloud afterwards in any case. */
export async function withCloud<T>(
  fleetSize: number,
  measure: (cloud: LocalCloud) => Promise<T>,
): Promise<T> {
  const cloud = await startCloud(fleetSize);
  try {
    return await measure(cloud);
  } finally {
    await cloud.stop();
  }
}

/** The environment of a watcher that its budget never delays: only latency is measured. */
export function environmentOf({ env }: Pick<LocalCloud, 'env'>): Readonly<Record<string, string>> {
  return { ...env, ECS_CALLS_PER_MINUTE: '1000000' };
}

/** The environment with one kind of channel at most: the variables of all others are empty. */
export function withOnly(
  kept: string | null,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const others = CHANNEL_KINDS.filter(({ kind }) => kind !== kept).flatMap(({ variables }) =>
    Object.values(variables).map(({ name }) => [name, ''] as const),
  );
  return { ...environment, ...Object.fromEntries(others) };
}

/** A fresh instance of the watch function in this process: its first tick is a cold one. */
export function newWatch(cloud: LocalCloud, environment = environmentOf(cloud)) {
  const { accessKeyId, accessKeySecret } = cloud;
  const handler = watchHandler(environment, () => undefined);
  return async () => {
    const report = await handler(Buffer.from('{}'), {
      credentials: { accessKeyId, accessKeySecret },
    });
    if (!report.ok) throw new Error(`a tick failed: ${JSON.stringify(report)}`);
    return report;
  };
}
