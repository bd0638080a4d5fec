import type { CallsLeft } from '../core/health.ts';

/** The calls to ECS that a scope may still send. */
export interface Budget {
  readonly callsPerMinute: number;
  /** Milliseconds until the budget holds a call besides `kept` ones; 0 when it holds one now. */
  delayMs(nowMs: number, kept?: number): number;
  /** Takes one call out. */
  spend(): void;
  /** What is left of it, to be kept for the next tick. */
  left(nowMs: number): CallsLeft;
  /** Calls that may go out now, and yet `reserved` of them, or all, can be sent at `atMs` again. */
  spare(nowMs: number, reserved: number, atMs: number): number;
}

const REFILL_MS = 60_000;

/**
 * A budget as the last tick left it; a full one before the first tick. It fills evenly, and holds at
 * most the calls of one minute.
 */
export function openBudget(
  callsPerMinute: number,
  nowMs: number,
  saved: CallsLeft | undefined,
): Budget {
  let calls = Math.min(saved?.calls ?? callsPerMinute, callsPerMinute);
  // A time in the future is that of a wrong clock.
  let filledAtMs = Math.min(saved?.atMs ?? nowMs, nowMs);
  const earnedIn = (ms: number): number => (Math.max(0, ms) / REFILL_MS) * callsPerMinute;
  const fill = (atMs: number): void => {
    calls = Math.min(callsPerMinute, calls + earnedIn(atMs - filledAtMs));
    filledAtMs = atMs;
  };
  return {
    callsPerMinute,
    delayMs(atMs, kept = 0) {
      fill(atMs);
      const lacking = 1 + kept - calls;
      return lacking <= 0 ? 0 : Math.ceil((lacking / callsPerMinute) * REFILL_MS);
    },
    spend() {
      calls -= 1;
    },
    left(atMs) {
      fill(atMs);
      return { calls: Math.max(0, Math.round(calls * 100) / 100), atMs };
    },
    spare(atMs, reserved, laterMs) {
      fill(atMs);
      const left = calls + earnedIn(laterMs - atMs) - Math.min(reserved, callsPerMinute);
      return Math.max(0, Math.floor(Math.min(calls, left)));
    },
  };
}
