import type { Commit } from '../../../core/model.ts';
import { MAX_CLOCK_DIFFERENCE_MS, MINUTE_MS } from '../../../core/time.ts';

/**
 * A commit carries the end of its scan, and is written between then and the end of its tick: at most
 * so much later. s.yaml gives a tick 50 seconds; 60 is the default of WATCH_TIMEOUT_SECONDS.
 */
const MAX_TICK_MS = 60_000;

/**
 * So long after a moment, every commit of before the moment is written, so that all instances of the
 * function find the same ones. The commit's time is from the clock of a tick and the moment from that
 * of a view; two clocks differ by less than 30 seconds, unless one of them is wrong.
 */
const SETTLED_AFTER_MS = MAX_TICK_MS + MAX_CLOCK_DIFFERENCE_MS;

/** The number of the clock minute. */
export function minuteOf(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS);
}

/** The moment whose state all answers of a clock minute show: 90 seconds before the minute begins. */
export function momentOf(minute: number): number {
  return minute * MINUTE_MS - SETTLED_AFTER_MS;
}

/** The newest commits, as far as they are later than a moment. `newestFirst` in, oldest first out. */
export function laterThan(newestFirst: readonly Commit[], momentMs: number): readonly Commit[] {
  const kept = newestFirst.findIndex(({ atMs }) => atMs <= momentMs);
  return newestFirst.slice(0, kept === -1 ? undefined : kept).toReversed();
}
