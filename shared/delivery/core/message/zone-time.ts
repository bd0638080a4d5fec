import { DAY_MS, MINUTE_MS } from '../../../core/time.ts';

/**
 * Moments in the local time of a zone, by the zones that Node.js has. `Date` and `Intl` say what a
 * moment is called in a zone; here is the way back.
 */

/** A day of the calendar, counted from 1970-01-01, and minutes since its midnight. */
export interface LocalTime {
  readonly day: number;
  readonly minutes: number;
}

/** A clock of one zone. Making one is slow, asking it is not. */
export interface ZoneClock {
  localTime(ms: number): LocalTime;
  /**
   * The first moment at which the zone's clock shows this time or a later one: a time that a change
   * to summer time leaves out is the moment of the change; of one that comes twice it is the first.
   */
  momentOf(time: LocalTime): number;
}

/** @throws {RangeError} for a zone that Node.js does not know */
export function zoneClock(zone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  /** How far the zone's clock is ahead of UTC. */
  function offsetMs(ms: number): number {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const shownMs = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return shownMs - Math.floor(ms / 1000) * 1000;
  }

  return {
    localTime(ms) {
      const shownMs = ms + offsetMs(ms);
      const day = Math.floor(shownMs / DAY_MS);
      return { day, minutes: Math.floor((shownMs - day * DAY_MS) / MINUTE_MS) };
    },
    momentOf({ day, minutes }) {
      const shownMs = day * DAY_MS + minutes * MINUTE_MS;
      // No zone changes its clock twice within two days.
      const [before, after] = [offsetMs(shownMs - DAY_MS), offsetMs(shownMs + DAY_MS)];
      const withBefore = shownMs - before;
      if (before === after || offsetMs(withBefore) === before) return withBefore;
      const withAfter = shownMs - after;
      if (offsetMs(withAfter) === after) return withAfter;
      return changeBetween(withAfter, withBefore);
    },
  };

  /** The clock is put forward between the two: when? */
  function changeBetween(fromMs: number, untilMs: number): number {
    const later = offsetMs(untilMs);
    let [before, after] = [fromMs, untilMs];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (offsetMs(middle) === later) after = middle;
      else before = middle;
    }
    return after;
  }
}

/** The weekday of a day: 0 is Monday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
