import { setTimeout as wait } from 'node:timers/promises';

/** Clock, timers and randomness, so that a test can own all of them. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `callback` once after `ms`, unless the function that it returns was called before. */
  setTimer(ms: number, callback: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
}

/** The clock, timers and randomness of the machine. */
export const SYSTEM_RUNTIME: Runtime = {
  now: Date.now,
  sleep: async (ms) => {
    await wait(Math.max(0, ms));
  },
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
