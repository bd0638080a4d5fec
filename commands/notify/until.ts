import { DAY_MS } from '../../shared/core/time.ts';
import { zoneClock } from '../../shared/delivery/core/message/zone-time.ts';
import { timeIn } from '../../shared/view/core/queries/times.ts';

const LOCAL_TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d):(\d\d))?$/u;

export const UNTIL_FORMS =
  'a date (2026-12-01: until its end), a local time ("2026-12-01 18:00") or a time with its zone';

/** When a note ends. A time without a zone is one of `timeZone`. Undefined: it is no time. */
export function untilIn(text: string, timeZone: string): number | undefined {
  const [, date = '', hours, minutes = '0'] = LOCAL_TIME.exec(text) ?? [];
  const dateMs = Date.parse(date);
  if (Number.isNaN(dateMs)) return timeIn(text);
  // Date takes the 31st of a month of 30 days for the 1st of the next.
  if (new Date(dateMs).toISOString().slice(0, date.length) !== date) return undefined;
  if (Number(hours ?? 0) > 23 || Number(minutes) > 59) return undefined;
  const day = Math.floor(dateMs / DAY_MS);
  const time =
    hours === undefined
      ? { day: day + 1, minutes: 0 }
      : { day, minutes: Number(hours) * 60 + Number(minutes) };
  return zoneClock(timeZone).momentOf(time);
}
