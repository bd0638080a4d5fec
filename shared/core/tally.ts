import { tickPeriodMs } from './tick-period.ts';
import { DAY_MS } from './time.ts';

/** How the ticks of a scope have done since a time, for the periodic report. */
export interface Tally {
  readonly sinceMs: number;
  /** Ticks that have looked at the scope and stored what they have learned. */
  readonly ticks: number;
  /** Those whose scan did not fail. */
  readonly good: number;
  /** Those that came later than a timer does. */
  readonly late: number;
  /** The shortest time between two ticks: that of the timer, apart from what was missed. */
  readonly periodMs: number;
}

/** What is counted now, and what was counted until the last report was due. */
export interface Tallies {
  readonly now: Tally;
  readonly before?: Tally & { readonly untilMs: number };
}

/** The first ticks do not know how far apart they are: they count as those of a timer that is slower than any. */
const UNKNOWN_PERIOD_MS = 366 * DAY_MS;

/** A tick that begins so many times the usual pause after the last one is late. */
const LATE_SHARE = 1.5;

/**
 * The tallies after one more tick. `dueMs`: when the last report was due; what comes from then on is
 * counted for the next one.
 */
export function talliesAfter(
  tallies: Tallies | undefined,
  before: { readonly lastAttemptAtMs: number; readonly periodMs?: number },
  tick: { readonly startMs: number; readonly isGood: boolean; readonly dueMs: number },
): Tallies {
  const { startMs, isGood, dueMs } = tick;
  const periodMs = before.periodMs === undefined ? UNKNOWN_PERIOD_MS : tickPeriodMs(before);
  // A clock that was ahead has begun it.
  const isFirst = tallies === undefined || tallies.now.sinceMs > startMs;
  const known = (isFirst ? undefined : tallies) ?? {
    now: { sinceMs: startMs, ticks: 0, good: 0, late: 0, periodMs },
  };
  const isOver = known.now.sinceMs < dueMs && dueMs <= startMs;
  const { now, ...rest } = isOver
    ? {
        now: { sinceMs: dueMs, ticks: 0, good: 0, late: 0, periodMs },
        // What this tick knows of the period is of the ticks before it.
        before: { ...known.now, periodMs: Math.min(known.now.periodMs, periodMs), untilMs: dueMs },
      }
    : known;
  const isLate = !isFirst && startMs - before.lastAttemptAtMs > LATE_SHARE * now.periodMs;
  return {
    ...rest,
    now: {
      ...now,
      ticks: now.ticks + 1,
      good: now.good + (isGood ? 1 : 0),
      late: now.late + (isLate ? 1 : 0),
      periodMs: Math.min(now.periodMs, periodMs),
    },
  };
}

/** The tally of the time that ends with a report; undefined: nothing was counted for it. */
export function tallyUntil(
  { now, before }: Tallies,
  untilMs: number,
): (Tally & { readonly untilMs: number }) | undefined {
  if (now.sinceMs < untilMs) return { ...now, untilMs };
  return before?.untilMs === untilMs ? before : undefined;
}

/** Ticks that a timer of that period has in this time. */
export function expectedTicks({ sinceMs, untilMs, periodMs, ticks }: Tally & { untilMs: number }) {
  return Math.max(ticks, Math.round((untilMs - sinceMs) / periodMs));
}
