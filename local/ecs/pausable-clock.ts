import type { Clock } from '../clock.ts';

/** A clock that stands still during a synchronous action, so that the action sees one time. */
export interface PausableClock extends Clock {
  whilePaused<T>(action: () => T): T;
}

/**
 * Without a pause, a call could find an instance Running, and the fleet could stop the instance by
 * itself before the same call changes it.
 */
export function pausableClock(clock: Clock): PausableClock {
  let pausedMs: number | undefined;
  return {
    now: () => pausedMs ?? clock.now(),
    whilePaused(action) {
      pausedMs = clock.now();
      try {
        return action();
      } finally {
        pausedMs = undefined;
      }
    },
  };
}
