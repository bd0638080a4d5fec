import type { Results, Truth } from './truth.ts';

/** Requests to ECS keep the budget of their scope, whichever function instance sends them. */
export interface PacePromises {
  onCall(scope: string): void;
  checkEnd(): void;
}

const MINUTE_MS = 60_000;
/** The last tick knows what it has sent to within a call for each that was out at once. */
const SLACK_CALLS = 2;

/**
 * A budget holds the calls of one minute and fills evenly, so that no time sees more than that and
 * what has filled since. It is kept with the health: where that is not saved, a cold function has a
 * full one.
 */
export function pacePromises(
  { callsPerMinute, isPaced, nowMs }: Pick<Truth, 'callsPerMinute' | 'isPaced' | 'nowMs'>,
  { violated }: Results,
): PacePromises {
  const calls = new Map<string, number[]>();

  function onCall(scope: string): void {
    calls.set(scope, [...(calls.get(scope) ?? []), nowMs()]);
  }

  function checkEnd(): void {
    if (!isPaced) return;
    for (const [scope, times] of calls) {
      const excess = mostBeyond(times, callsPerMinute);
      if (excess > SLACK_CALLS)
        violated(`${scope} was asked ${Math.ceil(excess)} times more often than its budget allows`);
    }
  }

  return { onCall, checkEnd };
}

/** How far the calls ever ran ahead of a bucket that was full at the first one. */
export function mostBeyond(times: readonly number[], callsPerMinute: number): number {
  let held = callsPerMinute;
  let lastMs = times[0] ?? 0;
  let most = 0;
  for (const atMs of times) {
    held = Math.min(callsPerMinute, held + ((atMs - lastMs) / MINUTE_MS) * callsPerMinute) - 1;
    lastMs = atMs;
    most = Math.max(most, -held);
  }
  return most;
}
