import type { Health } from '../../../core/health.ts';
import { talliesAfter } from '../../../core/tally.ts';
import { DAY_MS, MINUTE_MS } from '../../../core/time.ts';
import { weekdayOf, type ZoneClock, zoneClock } from '../../../delivery/core/message/zone-time.ts';

/** When a report is due: every day, or on one day of the week, at a time of a zone. */
export interface ReportSchedule {
  readonly per: 'day' | 'week';
  /** 0 is Monday; of a daily report without meaning. */
  readonly weekday: number;
  /** Since midnight. */
  readonly minutes: number;
  readonly clock: ZoneClock;
}

/** What a report is about: from the last one to the moment that it is due. */
export interface ReportPeriod {
  readonly fromMs: number;
  readonly untilMs: number;
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const SCHEDULE = /^(?:daily|weekly (mon|tue|wed|thu|fri|sat|sun)) ([01]\d|2[0-3]):([0-5]\d)$/u;

export const SCHEDULE_FORMS = '"daily 09:00" or "weekly mon 09:00", in the zone of WATCH_TIME_ZONE';

/** Undefined: it is no schedule. */
export function scheduleIn(text: string, timeZone: string): ReportSchedule | undefined {
  const found = SCHEDULE.exec(text.trim().toLowerCase());
  if (found === null) return undefined;
  const [, weekday, hours, minutes] = found;
  return {
    per: weekday === undefined ? 'day' : 'week',
    weekday: Math.max(0, WEEKDAYS.indexOf(weekday ?? '')),
    minutes: Number(hours) * 60 + Number(minutes),
    clock: zoneClock(timeZone),
  };
}

/**
 * When the last report was due, now included. By the calendar: a day on which the clock changes has 23
 * or 25 hours, and a time that it leaves out is the moment of the change.
 */
export function lastDueMs(schedule: ReportSchedule, nowMs: number): number {
  const { clock } = schedule;
  let { day } = clock.localTime(nowMs);
  // The day itself may come too early, and a week has one of seven.
  for (;;) {
    const isDay = schedule.per === 'day' || weekdayOf(day) === schedule.weekday;
    const dueMs = clock.momentOf({ day, minutes: schedule.minutes });
    if (isDay && dueMs <= nowMs) return dueMs;
    day -= 1;
  }
}

/**
 * A tick that looked before the report was due may record what it saw until its own time is over: a
 * report that counted earlier would leave that out, and so would the next one.
 */
export const GRACE_MS = MINUTE_MS;
/** Scopes that cannot be looked at delay what is said of all others no longer than this. */
export const PATIENCE_MS = 10 * MINUTE_MS;
/** A report reaches no further back, whatever was missed: it is read by people. */
const MAX_PERIOD_MS = 31 * DAY_MS;

/**
 * The report that is to be made now; null: none is. `reportedUntilMs`: where the last one ended; 0: none
 * is known. `countedSinceMs`: since when ticks count for reports; null: they do not yet. So the first one
 * is due at the first of its times after reports were configured.
 */
export function dueReport(
  schedule: ReportSchedule,
  nowMs: number,
  reportedUntilMs: number,
  countedSinceMs: number | null,
): ReportPeriod | null {
  const untilMs = lastDueMs(schedule, nowMs);
  if (nowMs < untilMs + GRACE_MS || reportedUntilMs >= untilMs) return null;
  const isFirst = reportedUntilMs === 0;
  if (isFirst && (countedSinceMs === null || countedSinceMs >= untilMs)) return null;
  const fromMs = isFirst ? lastDueMs(schedule, untilMs - 1) : reportedUntilMs;
  return { fromMs: Math.max(fromMs, untilMs - MAX_PERIOD_MS), untilMs };
}

/** The health, with this tick counted for the reports; without reports, with no count at all. */
export function withTallies(
  after: Health,
  before: Health,
  schedule: ReportSchedule | undefined,
  { startMs, isGood }: { readonly startMs: number; readonly isGood: boolean },
): Health {
  const { tallies: _, ...rest } = after;
  if (schedule === undefined) return rest;
  const tick = { startMs, isGood, dueMs: lastDueMs(schedule, startMs) };
  return { ...rest, tallies: talliesAfter(before.tallies, before, tick) };
}
