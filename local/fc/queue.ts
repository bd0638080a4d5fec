import type { Clock } from '../clock.ts';
import type { InvocationResult } from './result.ts';

// https://www.alibabacloud.com/help/en/functioncompute/fc/error-handling-1-2
const FIRST_BACKOFF_MS = 500;
const QUEUE_POLL_MS = 250;
const DEFAULT_RETRY_ATTEMPTS = 3;
const DEFAULT_EVENT_AGE_SECONDS = 86_400;

/** An event that waits for an invocation, the first or a repeated one. */
interface WaitingEvent {
  readonly event: Buffer;
  readonly requestId: string;
  readonly acceptedMs: number;
  readonly notBeforeMs: number;
  /** Invocations that failed; this is the handler's `context.retryCount`. */
  readonly failures: number;
  /** Invocations that found no free instance; these are not billed and not counted as tries. */
  readonly throttles: number;
}

interface QueueOptions {
  readonly clock: Clock;
  readonly maxRetryAttempts?: number | undefined;
  readonly maxEventAgeSeconds?: number | undefined;
  invoke(
    event: Buffer,
    invocation: { requestId: string; retryCount: number },
  ): Promise<InvocationResult>;
  onDrop(requestId: string, why: string): void;
}

/** The queue of a function's asynchronous invocations. It looks for due ones by itself, too. */
interface Queue {
  add(event: Buffer, requestId: string, acceptedMs: number): void;
  /** Starts the invocations that are due by the clock, and waits until none runs and none is due. */
  drain(): Promise<void>;
  /** Forgets the waiting events. */
  close(): void;
}

export function createQueue(options: QueueOptions): Queue {
  const { clock, invoke, onDrop } = options;
  const { maxRetryAttempts = DEFAULT_RETRY_ATTEMPTS } = options;
  const { maxEventAgeSeconds = DEFAULT_EVENT_AGE_SECONDS } = options;
  let waiting: WaitingEvent[] = [];
  const running = new Set<Promise<void>>();

  const work = (): void => {
    const nowMs = clock.now();
    const due = waiting.filter(({ notBeforeMs }) => notBeforeMs <= nowMs);
    waiting = waiting.filter(({ notBeforeMs }) => notBeforeMs > nowMs);
    for (const item of due) {
      if (nowMs - item.acceptedMs > maxEventAgeSeconds * 1_000) {
        onDrop(item.requestId, `it waited for more than ${maxEventAgeSeconds} s`);
      } else {
        const run = attempt(item).finally(() => running.delete(run));
        running.add(run);
      }
    }
  };

  const attempt = async (item: WaitingEvent): Promise<void> => {
    const { event, requestId, failures: retryCount } = item;
    const result = await invoke(event, { requestId, retryCount });
    if (result.kind === 'returned') return;
    if (result.kind === 'failed' && retryCount === maxRetryAttempts) {
      onDrop(requestId, `it failed ${retryCount + 1} times`);
    } else {
      waiting.push(later(item, result.kind, clock.now()));
    }
  };

  const poll = setInterval(work, QUEUE_POLL_MS).unref();

  return {
    add(event, requestId, acceptedMs) {
      const notBeforeMs = clock.now();
      waiting.push({ event, requestId, acceptedMs, notBeforeMs, failures: 0, throttles: 0 });
      work();
    },
    async drain() {
      work();
      while (running.size > 0) {
        await Promise.all(running);
        work();
      }
    },
    close() {
      clearInterval(poll);
      waiting = [];
    },
  };
}

/** 0.5 s after the first failure to run, 1 s after the second, then 2, 4, 8 … */
function later(item: WaitingEvent, why: 'failed' | 'throttled', nowMs: number): WaitingEvent {
  const counter = why === 'failed' ? 'failures' : 'throttles';
  return {
    ...item,
    [counter]: item[counter] + 1,
    notBeforeMs: nowMs + FIRST_BACKOFF_MS * 2 ** item[counter],
  };
}
