import { setTimeout as wait } from 'node:timers/promises';
import type { World } from '../ports.ts';

/** The machine's clock, timers and chance. */
export const REAL_WORLD: World = {
  now: Date.now,
  sleep: async (ms) => {
    await wait(Math.max(0, ms));
  },
  alarm(ms, ring) {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
