import { setImmediate } from 'node:timers/promises';
import type { Runtime } from '../../shared/lib/runtime.ts';
import { eventTime } from './event-time.ts';

/**
 * Event time for a test with real servers. Time stands still while any request is on its way, and
 * goes to the next event once the only requests without an answer are those that the servers hold
 * back. So a request that hangs for a minute costs no time, and a slow machine changes nothing.
 */
export interface ServerTime extends Runtime {
  /** The result of `work`, with the time that passes until then. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Lets everything happen that is due until then. */
  passTo(ms: number): Promise<void>;
}

/** `heldBack`: how many requests the servers hold back at present. */
export function serverTime(
  startMs: number,
  random: () => number,
  heldBack: () => number,
): ServerTime {
  const time = eventTime(startMs, random);
  /** Each request has one timer, from when it is sent until its answer is read. */
  let requests = 0;

  async function passUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await setImmediate();
      // A message has no such timer: without an event, one is being posted.
      if (requests <= heldBack() && !isOver()) time.next();
    }
  }

  return {
    now: time.now,
    random,
    sleep: time.sleep,
    setTimer(ms, callback) {
      requests += 1;
      let isOver = false;
      const cancel = time.setTimer(ms, () => {
        end();
        callback();
      });
      const end = (): void => {
        if (!isOver) requests -= 1;
        isOver = true;
      };
      return () => {
        end();
        cancel();
      };
    },
    async during(work) {
      let isOver = false;
      const end = (): void => {
        isOver = true;
      };
      work.then(end, end);
      await passUntil(() => isOver);
      return work;
    },
    async passTo(ms) {
      let isOver = false;
      time.setTimer(ms - time.now(), () => {
        isOver = true;
      });
      await passUntil(() => isOver);
    },
  };
}
