import type { Runtime } from '../shared/lib/runtime.ts';

/**
 * Time for hours of waiting beside real servers: it passes only while nothing is under way, from one
 * sleeper to the next. So a busy machine changes no figure that is measured in it.
 */
export interface VirtualClock extends Runtime {
  /** Time does not pass until `work` has ended. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

export function virtualClock(startMs: number): VirtualClock {
  const sleepers: Sleeper[] = [];
  let nowMs = startMs;
  let underWay = 0;

  /** Everything that runs has its turn before: then all that is left to do is to wait. */
  const wakeNext = (): void => {
    setImmediate(() => {
      if (underWay > 0) return;
      const [first] = sleepers.sort((one, other) => one.atMs - other.atMs).splice(0, 1);
      if (first === undefined) return;
      nowMs = Math.max(nowMs, first.atMs);
      first.wake();
      wakeNext();
    });
  };

  return {
    now: () => nowMs,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ atMs: nowMs + ms, wake });
        wakeNext();
      }),
    // Nothing is given up: the servers answer, however busy the machine is.
    setTimer: () => () => undefined,
    random: Math.random,
    async during(work) {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
        wakeNext();
      }
    },
  };
}
