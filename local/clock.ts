export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;

/** Where the local cloud gets its time from: milliseconds since 1970. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: Date.now };

/** A clock that moves only by `advance`, so that a test decides what time it is. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}
