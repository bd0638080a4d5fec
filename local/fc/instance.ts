import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

import type { FunctionError } from './result.ts';

const LOADER = join(__dirname, 'loader.cjs');

interface InstanceOptions {
  readonly codeDir: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  onLine(stream: 'stdout' | 'stderr', text: string): void;
}

/** What an instance is asked to do. */
interface Work {
  readonly event: Buffer;
  readonly context: Readonly<Record<string, unknown>>;
}

export type Ending =
  | { readonly kind: 'returned'; readonly body: Buffer }
  | { readonly kind: 'thrown'; readonly error: FunctionError }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'exited' };

/** One process that runs a handler, for one request at a time. */
export interface FunctionInstance {
  /** After `timeout` and `exited`, the process is gone. */
  run(work: Work, timeoutMs: number): Promise<Ending>;
  /** Kills the process, if it still runs. */
  stop(): Promise<void>;
  readonly exited: Promise<void>;
}

export function startFunctionInstance(options: InstanceOptions): FunctionInstance {
  const { codeDir, handler, memoryMb, environment, onLine } = options;
  const child = fork(LOADER, [codeDir, handler], {
    cwd: codeDir,
    env: environment,
    execArgv: [...heapFlags(memoryMb)],
    // Keeps a Buffer a Buffer on its way to the handler and back.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  forwardLines(child.stdout, (text) => onLine('stdout', text));
  forwardLines(child.stderr, (text) => onLine('stderr', text));
  const exited = new Promise<void>((resolve) => {
    // `close` comes after the last line of output; `error` alone when there never was a process.
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = (): Promise<void> => {
    child.kill('SIGKILL');
    return exited;
  };

  return {
    async run(work, timeoutMs) {
      const race = new AbortController();
      const { signal } = race;
      const ending = await Promise.race<Ending>([
        endingOf(child, work, signal),
        exited.then(() => ({ kind: 'exited' })),
        delay(timeoutMs, { kind: 'timeout' }, { signal }),
      ]);
      race.abort();
      if (ending.kind === 'timeout') await stop();
      return ending;
    },
    stop,
    exited,
  };
}

const MAX_SEMI_SPACE_MB = 16;
/** Up to this size of the old generation, the young one is half as large. */
const LOW_MEMORY_OLD_SPACE_MB = 256;

/**
 * The heap that Node.js 20 chooses for this much memory: half of it for the old
 * generation, and a 128th or a 256th of that for each half of the young one. Without these flags,
 * Node.js would choose by the memory of the whole machine.
 * Source: `Heap::HeapSizeFromPhysicalMemory`, `YoungGenerationSizeFromOldGenerationSize` of V8 11.3.
 */
export function heapFlags(memoryMb: number): readonly string[] {
  const oldSpaceMb = Math.floor(memoryMb / 2);
  const share = oldSpaceMb <= LOW_MEMORY_OLD_SPACE_MB ? 256 : 128;
  const semiSpaceMb = Math.min(Math.max(1, Math.floor(oldSpaceMb / share)), MAX_SEMI_SPACE_MB);
  return [`--max-old-space-size=${oldSpaceMb}`, `--max-semi-space-size=${semiSpaceMb}`];
}

async function endingOf(child: ChildProcess, work: Work, signal: AbortSignal): Promise<Ending> {
  const answered = once(child, 'message', { signal });
  // A process that cannot be reached is exiting; its exit ends the race.
  child.send({ ...work }, () => {});
  const [answer] = (await answered) as [{ body: Buffer } | { error: FunctionError }];
  // The handler printed these lines before it answered: read them first.
  await nextTurn();
  return 'error' in answer
    ? { kind: 'thrown', error: answer.error }
    : { kind: 'returned', body: answer.body };
}

function forwardLines(stream: Readable | null, onLine: (text: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', onLine);
}
