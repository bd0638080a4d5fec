import { type LocalTime, weekdayOf, type ZoneClock, zoneClock } from '../message/zone-time.ts';

/** When messages are held back, and which. */
export interface Mute {
  readonly name: string;
  /** IANA name of the zone in which its times are. */
  readonly zone: string;
  readonly weekly: readonly WeeklyTime[];
  readonly periods: readonly MutePeriod[];
  /** Channels that are muted; absent: all chats. */
  readonly channels?: readonly string[];
  /** Only what these routes take; absent: whatever the channels are sent. */
  readonly routes?: readonly string[];
  /** Notices are held back as well. Without it they pass: a mute is for planned work on instances. */
  readonly holdsNotices?: true;
}

/** From one time of day to the next such time, on these days; past midnight if `until` is earlier. */
export interface WeeklyTime {
  /** 0 is Monday. The day on which it begins counts. */
  readonly days: readonly number[];
  /** Minutes since midnight. */
  readonly from: number;
  /** 1440 is the midnight after. */
  readonly until: number;
}

/** Once. */
export interface MutePeriod {
  readonly from: LocalTime;
  readonly until: LocalTime;
}

/** A stretch of time without a gap. */
export interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

const MINUTES_OF_DAY = 24 * 60;

/** A clock for each zone of some mutes. */
export function clocksOf(mutes: readonly Mute[]): ReadonlyMap<string, ZoneClock> {
  return new Map(
    [...new Set(mutes.map(({ zone }) => zone))].map((zone) => [zone, zoneClock(zone)]),
  );
}

/** A mute that has no gap is looked at for about as many of its stretches, both ways. */
const MAX_STRETCHES = 14;

/** The time without a gap in which a mute is going on; null: it is not muted now. */
export function intervalAt(mute: Mute, clock: ZoneClock, nowMs: number): Interval | null {
  const now = stretchAt(mute, clock, nowMs);
  if (now === null) return null;
  let { fromMs, untilMs } = now;
  for (let count = 0; count < MAX_STRETCHES; count += 1) {
    const before = stretchAt(mute, clock, fromMs - 1);
    const after = stretchAt(mute, clock, untilMs);
    if (before === null && after === null) break;
    fromMs = before?.fromMs ?? fromMs;
    untilMs = after?.untilMs ?? untilMs;
  }
  return { fromMs, untilMs };
}

/** The stretches around a moment, as one. */
function stretchAt(mute: Mute, clock: ZoneClock, nowMs: number): Interval | null {
  const going = [...weeklyIntervals(mute, clock, nowMs), ...onceIntervals(mute, clock)].filter(
    ({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs,
  );
  if (going.length === 0) return null;
  return {
    fromMs: Math.min(...going.map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...going.map(({ untilMs }) => untilMs)),
  };
}

/** Those that have begun today or yesterday: none is longer than a day. */
function weeklyIntervals({ weekly }: Mute, clock: ZoneClock, nowMs: number): readonly Interval[] {
  const { day: today } = clock.localTime(nowMs);
  return weekly.flatMap(({ days, from, until }) =>
    [today - 1, today]
      .filter((day) => days.includes(weekdayOf(day)))
      .map((day) => ({
        fromMs: clock.momentOf(normal({ day, minutes: from })),
        untilMs: clock.momentOf(normal({ day: until > from ? day : day + 1, minutes: until })),
      })),
  );
}

function onceIntervals({ periods }: Mute, clock: ZoneClock): readonly Interval[] {
  return periods.map(({ from, until }) => ({
    fromMs: clock.momentOf(from),
    untilMs: clock.momentOf(until),
  }));
}

/** The midnight at the end of a day is that at the beginning of the next one. */
function normal({ day, minutes }: LocalTime): LocalTime {
  return minutes < MINUTES_OF_DAY ? { day, minutes } : { day: day + 1, minutes: 0 };
}
