/** The calls to ECS that one account may still send in one region. A warm function keeps it. */
export interface Budget {
  /** Milliseconds until the budget holds a call; 0 when it holds one now. */
  delayMs(nowMs: number): number;
  /** Takes one call out. */
  spend(): void;
}

const REFILL_MS = 60_000;

/** A full budget. It fills evenly, and holds at most the calls of one minute. */
export function newBudget(callsPerMinute: number, nowMs: number): Budget {
  let calls = callsPerMinute;
  let filledAtMs = nowMs;
  return {
    delayMs(atMs) {
      const earned = (Math.max(0, atMs - filledAtMs) / REFILL_MS) * callsPerMinute;
      calls = Math.min(callsPerMinute, calls + earned);
      filledAtMs = atMs;
      return calls >= 1 ? 0 : Math.ceil(((1 - calls) / callsPerMinute) * REFILL_MS);
    },
    spend() {
      calls -= 1;
    },
  };
}
