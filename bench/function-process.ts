import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { heapFlags } from '../local/fc/instance.ts';
import type { WatchReport } from '../shared/watch/report.ts';
import { ROOT } from './local-cloud.ts';
import type { FunctionSize } from './month.ts';

/** What decides how much memory a process takes, beside what it does. */
export interface MemorySettings {
  /** Flags of Node.js. */
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const { vars } = parse(readFileSync(join(ROOT, 's.yaml'), 'utf8')) as {
  readonly vars: {
    readonly function: FunctionSize;
    readonly process: Readonly<Record<string, string>>;
  };
};
export const FUNCTION_SIZE = vars.function;
export const FUNCTION_MB = FUNCTION_SIZE.memorySize;
export const AS_DEPLOYED: MemorySettings = {
  flags: heapFlags(FUNCTION_MB),
  environment: vars.process,
};

/** A folder for a bundle, for as long as `measure` takes. */
export async function withFolder<T>(measure: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-watch-bench-'));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A tick of a built function, and the peak memory of its process so far. */
export interface MeasuredTick {
  readonly report: WatchReport;
  readonly megabytes: number;
}

interface FunctionProcess {
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memory: MemorySettings;
  readonly ticks: number;
  /** Of the function; absent: an empty one. */
  readonly context?: object;
  readonly beforeTick?: () => Promise<void>;
}

/** Runs ticks in one process, each when it is asked for. Left early, it ends the process. */
export async function* ticksOf({
  bundle,
  environment,
  memory,
  ticks,
  context = {},
  beforeTick,
}: FunctionProcess): AsyncGenerator<MeasuredTick, void> {
  const args = [bundle, String(ticks), JSON.stringify(context)];
  const child = fork(join(ROOT, 'bench', 'run-ticks.cjs'), args, {
    // Without the TypeScript loader of this process.
    execArgv: [...memory.flags],
    env: { ...memory.environment, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error('the process of the function ended early');
  });
  // It ends after the last tick as well, when nothing waits for it.
  exited.catch(() => undefined);
  try {
    for (let tick = 0; tick < ticks; tick += 1) {
      await beforeTick?.();
      const answered = once(child, 'message');
      child.send('tick');
      const [{ report, peakKilobytes }] = (await Promise.race([answered, exited])) as [TickMessage];
      yield { report, megabytes: peakKilobytes / 1024 };
    }
  } finally {
    child.kill();
  }
}

interface TickMessage {
  readonly report: WatchReport;
  readonly peakKilobytes: number;
}
