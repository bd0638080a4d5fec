import type { ServerResponse } from 'node:http';
import type { Random } from '../random.ts';
import type { CommonFault, Fault } from './fault.ts';

type LatencyFault = Extract<CommonFault, { kind: 'latency' }>;

/** How late the faults that hit a request make its answer, in milliseconds. */
export function latencyOf(hits: readonly Fault[], random: Random): number {
  return hits
    .filter((fault): fault is LatencyFault => fault.kind === 'latency')
    .reduce((sum, { latencyMs, jitterMs = 0 }) => sum + latencyMs + random.next() * jitterMs, 0);
}

/** Waits until `performance.now()` is `untilMs`, but no longer than the client waits. */
export function waitUntil(untilMs: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let turn: NodeJS.Immediate | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      clearImmediate(turn);
      response.off('close', finish);
      resolve();
    };
    const wait = (): void => {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || response.destroyed) finish();
      // A timer counts whole milliseconds and may be one late; the rest passes in turns of the loop.
      else if (leftMs > TIMER_STEP_MS) timer = setTimeout(wait, leftMs - TIMER_STEP_MS);
      else turn = setImmediate(wait);
    };
    response.once('close', finish);
    wait();
  });
}

const TIMER_STEP_MS = 1;
