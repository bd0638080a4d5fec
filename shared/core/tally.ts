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
  /** The time between two ticks of the timer, as far as it is known. */
  readonly periodMs: number;
  /** How far apart the last ticks were, for that. Absent: an older version has stored this. */
  readonly gaps?: readonly number[];
  /**
   * Since when the timer would have had all its ticks, had it always had this period. Absent: since
   * `sinceMs`, as the period has not become shorter since then.
   */
  readonly asIfSinceMs?: number;
}

/** What is counted now, and what was counted until the last report was due. */
export interface Tallies {
  readonly now: Tally;
  readonly before?: Tally & { readonly untilMs: number };
}

/** The first ticks do not know how far apart they are: they count as those of a timer that is slower than any. */
const UNKNOWN_PERIOD_MS = 366 * DAY_MS;

/**
 * So many pauses say what the usual one is. A tick by hand makes two short ones of one, and a tick that was missed
 * one long one of two: while less than half of them are short, their median is the period of the timer.
 */
const MAX_GAPS = 9;

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
  const gapMs = before.periodMs === undefined ? undefined : tickPeriodMs(before);
  // A clock that was ahead has begun it.
  const isFirst = tallies === undefined || tallies.now.sinceMs > startMs;
  const begun = isFirst ? undefined : tallies;
  const isOver = begun !== undefined && begun.now.sinceMs < dueMs && dueMs <= startMs;
  // What this tick knows of the period is of the ticks before it.
  const last = paceAfter(begun?.now, gapMs, isOver ? dueMs : startMs);
  const known = begun ?? { now: newTally(startMs, last) };
  const { gaps, ...pace } = last;
  const { gaps: _, ...ended } = known.now;
  const { now, ...rest } = isOver
    ? { now: newTally(dueMs, last), before: { ...ended, ...pace, untilMs: dueMs } }
    : known;
  const isLate = !isFirst && startMs - before.lastAttemptAtMs > LATE_SHARE * now.periodMs;
  return {
    ...rest,
    now: {
      ...now,
      ticks: now.ticks + 1,
      good: now.good + (isGood ? 1 : 0),
      late: now.late + (isLate ? 1 : 0),
      ...(isOver ? {} : { gaps, ...pace }),
    },
  };
}

type Pace = Required<Pick<Tally, 'periodMs' | 'gaps'>> & Pick<Tally, 'asIfSinceMs'>;

/** The ticks of another report may be those of another timer: only the last of them count for it. */
function newTally(sinceMs: number, { gaps }: Pick<Pace, 'gaps'>): Tally {
  return { sinceMs, ticks: 0, good: 0, late: 0, gaps, periodMs: usualGapMs(gaps) };
}

/**
 * The pace after one more gap. What enough gaps have shown is kept: a watcher that misses most of its ticks
 * later on has no slower timer. A timer that is faster `untilMs` was the slower one until then.
 */
function paceAfter(before: Tally | undefined, gapMs: number | undefined, untilMs: number): Pace {
  const known = before?.gaps ?? [];
  const gaps = gapMs === undefined ? known : [...known, gapMs].slice(-MAX_GAPS);
  const usualMs = usualGapMs(gaps);
  if (before === undefined || known.length < MAX_GAPS) return { gaps, periodMs: usualMs };
  const { periodMs, asIfSinceMs = before.sinceMs } = before;
  if (usualMs >= periodMs) return { gaps, periodMs };
  const ticks = (untilMs - asIfSinceMs) / periodMs;
  return { gaps, periodMs: usualMs, asIfSinceMs: Math.round(untilMs - ticks * usualMs) };
}

/** The median; of an even number, the shorter one of the middle. */
function usualGapMs(gaps: readonly number[]): number {
  const sorted = [...gaps].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? UNKNOWN_PERIOD_MS;
}

/** The tally of the time that ends with a report; undefined: nothing was counted for it. */
export function tallyUntil(
  { now, before }: Tallies,
  untilMs: number,
): (Tally & { readonly untilMs: number }) | undefined {
  if (now.sinceMs < untilMs) return { ...now, untilMs };
  return before?.untilMs === untilMs ? before : undefined;
}

/** Ticks that the timer has in this time. */
export function expectedTicks({
  sinceMs,
  asIfSinceMs = sinceMs,
  untilMs,
  periodMs,
  ticks,
}: Tally & { untilMs: number }): number {
  return Math.max(ticks, Math.round((untilMs - asIfSinceMs) / periodMs));
}
