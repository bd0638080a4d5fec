import type { Clock } from '../clock.ts';

/** A clock that stands still while something is done, so that it is all done in one moment. */
export interface MomentClock extends Clock {
  during<T>(act: () => T): T;
}

/**
 * Without it an instance could be found Running and be stopped by the fleet itself before the call
 * that found it has changed it.
 */
export function momentClock(clock: Clock): MomentClock {
  let heldMs: number | undefined;
  return {
    now: () => heldMs ?? clock.now(),
    during(act) {
      heldMs = clock.now();
      try {
        return act();
      } finally {
        heldMs = undefined;
      }
    },
  };
}
