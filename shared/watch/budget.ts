/** The calls to ECS that one account may still send in one region. A warm function keeps it. */
export interface Budget {
  /** Milliseconds until the budget holds a call; 0 when it holds one now. */
  delayMs(nowMs: number): number;
  /** Takes one call out. */
  spend(): void;
  /** Calls that may go out now, and yet `reserved` of them, or all, can be sent at `atMs` again. */
  spare(nowMs: number, reserved: number, atMs: number): number;
}

const REFILL_MS = 60_000;

/** A full budget. It fills evenly, and holds at most the calls of one minute. */
export function newBudget(callsPerMinute: number, nowMs: number): Budget {
  let calls = callsPerMinute;
  let filledAtMs = nowMs;
  const earnedIn = (ms: number): number => (Math.max(0, ms) / REFILL_MS) * callsPerMinute;
  const fill = (atMs: number): void => {
    calls = Math.min(callsPerMinute, calls + earnedIn(atMs - filledAtMs));
    filledAtMs = atMs;
  };
  return {
    delayMs(atMs) {
      fill(atMs);
      return calls >= 1 ? 0 : Math.ceil(((1 - calls) / callsPerMinute) * REFILL_MS);
    },
    spend() {
      calls -= 1;
    },
    spare(atMs, reserved, laterMs) {
      fill(atMs);
      const left = calls + earnedIn(laterMs - atMs) - Math.min(reserved, callsPerMinute);
      return Math.max(0, Math.floor(Math.min(calls, left)));
    },
  };
}
