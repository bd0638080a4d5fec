import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { type CronFields, parseCronFields } from './cron-fields.ts';

/** When a timer fires. */
export interface Schedule {
  /** The first time after `afterMs`. @throws {RangeError} when there is none for years. */
  next(afterMs: number): number;
}

const HOUR_MS = 60 * MINUTE_MS;
/** Offsets from UTC are multiples of this, and change only at such a multiple. */
const QUARTER_MS = 15 * MINUTE_MS;
/** Long enough for 29 February. */
const SEARCH_LIMIT_MS = 5 * 366 * 24 * HOUR_MS;

/**
 * `@every 1m`, counted from `startMs`, or six fields `second minute hour day month weekday`, in UTC
 * unless they are prefixed by `CRON_TZ=Asia/Shanghai `.
 *
 * @throws {RangeError} naming every field that cannot be read.
 */
export function parseSchedule(expression: string, startMs: number): Schedule {
  const [, interval] = /^@every\s+(\S+)$/.exec(expression.trim()) ?? [];
  if (interval !== undefined) return every(parseInterval(interval), startMs);
  const [, zone = 'UTC', fields = ''] = /^(?:CRON_TZ=(\S+)\s+)?(.*)$/.exec(expression.trim()) ?? [];
  return cron(parseCronFields(fields), zoneOffset(zone));
}

function every(periodMs: number, startMs: number): Schedule {
  return {
    next: (afterMs) => startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs,
  };
}

const UNITS_MS: Readonly<Record<string, number>> = { h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS };

/** `90s`, `4m` or `1h30m`, in milliseconds. */
function parseInterval(interval: string): number {
  const parts = [...interval.matchAll(/(\d+)([hms])/g)];
  const ms = parts.reduce(
    (sum, [, count = '', unit = '']) => sum + Number(count) * (UNITS_MS[unit] ?? 0),
    0,
  );
  if (ms === 0 || parts.map(([part]) => part).join('') !== interval) {
    throw new RangeError(`@every ${interval} is no interval`);
  }
  return ms;
}

/**
 * Fires whenever the wall clock of the zone matches: an hour that daylight saving skips is skipped,
 * and one that it repeats fires twice.
 */
function cron(fields: CronFields, offsetMsAt: (ms: number) => number): Schedule {
  return {
    next(afterMs) {
      const endMs = afterMs + SEARCH_LIMIT_MS;
      let ms = nextMultiple(afterMs, SECOND_MS);
      while (ms < endMs) {
        const stepMs = stepFrom(new Date(ms + offsetMsAt(ms)), fields);
        if (stepMs === 0) return ms;
        ms = nextMultiple(ms, stepMs);
      }
      throw new RangeError('The cron expression never fires');
    },
  };
}

function nextMultiple(afterMs: number, ofMs: number): number {
  return (Math.floor(afterMs / ofMs) + 1) * ofMs;
}

/** How far to go on before looking again; 0 when the wall clock shows a time to fire. */
function stepFrom(wall: Date, fields: CronFields): number {
  const isMonth = fields.month.has(wall.getUTCMonth() + 1);
  const isHour = fields.hour.has(wall.getUTCHours());
  if (!isMonth || !isHour || !isDay(wall, fields)) return QUARTER_MS;
  if (!fields.minute.has(wall.getUTCMinutes())) return MINUTE_MS;
  return fields.second.has(wall.getUTCSeconds()) ? 0 : SECOND_MS;
}

const DAYS_OF_MONTH = 31;
const DAYS_OF_WEEK = 7;

/** As in cron: where day and weekday are both restricted, either is enough. */
function isDay(wall: Date, { day, weekday }: CronFields): boolean {
  const byDay = day.has(wall.getUTCDate());
  const byWeekday = weekday.has(wall.getUTCDay() || DAYS_OF_WEEK);
  const areBothRestricted = day.size < DAYS_OF_MONTH && weekday.size < DAYS_OF_WEEK;
  return areBothRestricted ? byDay || byWeekday : byDay && byWeekday;
}

/** How far the clocks of a zone are ahead of UTC at a time. @throws {RangeError} for an unknown zone. */
function zoneOffset(zone: string): (ms: number) => number {
  if (zone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (ms) => {
    // "GMT+08:00", or "GMT" alone.
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(format.format(ms)) ?? [];
    const offsetMs = Number(hours ?? 0) * HOUR_MS + Number(minutes ?? 0) * MINUTE_MS;
    return sign === '-' ? -offsetMs : offsetMs;
  };
}
