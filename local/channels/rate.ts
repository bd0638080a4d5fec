/** How many requests a receiver still takes, by the virtual clock. */
export interface RateLimit {
  /** Counts one request. 0 when it is let through, else how long the sender should wait. */
  waitMs(nowMs: number): number;
}

/** Lets `burst` requests through at once, and one more for every `everyMs` that passes. */
export function tokenBucket(burst: number, everyMs: number): RateLimit {
  let tokens = burst;
  let countedMs = Number.NEGATIVE_INFINITY;
  return {
    waitMs(nowMs) {
      tokens = Math.min(burst, tokens + (nowMs - countedMs) / everyMs);
      countedMs = nowMs;
      if (tokens < 1) return Math.ceil((1 - tokens) * everyMs);
      tokens -= 1;
      return 0;
    },
  };
}

/** Lets `limit` requests through in any `windowMs`. */
export function slidingWindow(limit: number, windowMs: number): RateLimit {
  let passedMs: number[] = [];
  return {
    waitMs(nowMs) {
      passedMs = passedMs.filter((atMs) => nowMs - atMs < windowMs);
      const [oldestMs = nowMs] = passedMs;
      if (passedMs.length >= limit) return oldestMs + windowMs - nowMs;
      passedMs.push(nowMs);
      return 0;
    },
  };
}

/** Lets `limit` requests through in any `windowMs`; one more mutes the sender for `muteMs`. */
export function mutingWindow(limit: number, windowMs: number, muteMs: number): RateLimit {
  const window = slidingWindow(limit, windowMs);
  let mutedUntilMs = Number.NEGATIVE_INFINITY;
  return {
    waitMs(nowMs) {
      if (nowMs < mutedUntilMs) return mutedUntilMs - nowMs;
      if (window.waitMs(nowMs) === 0) return 0;
      mutedUntilMs = nowMs + muteMs;
      return muteMs;
    },
  };
}
