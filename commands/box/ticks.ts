import { setTimeout as wait } from 'node:timers/promises';

/** When the next tick is due: on the grid of the first one, and never for a time that has passed. */
export function nextTickMs(dueMs: number, nowMs: number, periodMs: number): number {
  // The clock was set back: by the grid, nothing would be looked at until it has caught up.
  if (nowMs < dueMs) return nowMs + periodMs;
  return dueMs + (Math.floor((nowMs - dueMs) / periodMs) + 1) * periodMs;
}

/** Runs one tick after the other, never two at once, until `stopping` is aborted between two of them. */
export async function runTicks(
  tick: () => Promise<void>,
  {
    now,
    periodMs,
    stopping,
  }: {
    readonly now: () => number;
    readonly periodMs: number;
    readonly stopping: AbortSignal;
  },
): Promise<void> {
  let dueMs = now();
  while (!stopping.aborted) {
    await tick();
    dueMs = nextTickMs(dueMs, now(), periodMs);
    await wait(dueMs - now(), undefined, { signal: stopping }).catch(() => undefined);
  }
}
