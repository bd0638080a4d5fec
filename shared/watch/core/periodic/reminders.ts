import type { Commit, Instance } from '../../../core/model.ts';
import { detailsOf } from '../../../core/model.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { type ZoneClock, zoneClock } from '../../../delivery/core/message/zone-time.ts';

/** When what stays stopped is said again: at these times of each day in a zone. */
export interface ReminderSchedule {
  /** From one time to the next, apart from the days on which the clock changes. */
  readonly everyMinutes: number;
  /** The first time of a day, since midnight. */
  readonly firstMinutes: number;
  readonly clock: ZoneClock;
}

const DAY_MINUTES = 24 * 60;
/** They have a whole number of times in a day. */
const EVERY = /^every (1|2|3|4|6|8|12)h$/u;
const DAILY = /^daily ([01]\d|2[0-3]):([0-5]\d)$/u;

export const REMINDER_FORMS =
  '"every 4h" (or 1h, 2h, 3h, 6h, 8h, 12h) or "daily 09:00", in the zone of WATCH_TIME_ZONE';

/** Undefined: it is no schedule. */
export function remindersIn(text: string, timeZone: string): ReminderSchedule | undefined {
  const written = text.trim().toLowerCase();
  const every = EVERY.exec(written);
  if (every !== null) {
    const everyMinutes = Number(every[1]) * 60;
    return { everyMinutes, firstMinutes: 0, clock: zoneClock(timeZone) };
  }
  const daily = DAILY.exec(written);
  if (daily === null) return undefined;
  const firstMinutes = Number(daily[1]) * 60 + Number(daily[2]);
  return { everyMinutes: DAY_MINUTES, firstMinutes, clock: zoneClock(timeZone) };
}

/** The share of a period in which a reminder may be late: a later one leaves it to the next. */
const LATE_SHARE = 0.5;

/** When the reminder was due that may be said now; null: none may. */
export function dueReminderMs(schedule: ReminderSchedule, nowMs: number): number | null {
  const { everyMinutes, firstMinutes, clock } = schedule;
  // The first time of the day itself may still come.
  for (let { day } = clock.localTime(nowMs); ; day -= 1) {
    for (let minutes = DAY_MINUTES - everyMinutes; minutes >= 0; minutes -= everyMinutes) {
      const dueMs = clock.momentOf({ day, minutes: firstMinutes + minutes });
      if (dueMs > nowMs) continue;
      return nowMs < dueMs + LATE_SHARE * everyMinutes * MINUTE_MS ? dueMs : null;
    }
  }
}

/** A scope as a run has just seen it. */
export interface SeenScope {
  readonly scope: string;
  /** The last commit that the run knows. */
  readonly seq: number;
  readonly instances: ReadonlyMap<string, Instance>;
}

/**
 * Instances that have been stopped for a whole period when a reminder is due, as the commit of their
 * stops; null: there is none. A route may ask from which status: a stop that is worth a reminder is one of a
 * running instance.
 */
export function stopsIn(
  { scope, seq, instances }: SeenScope,
  { everyMinutes }: Pick<ReminderSchedule, 'everyMinutes'>,
  dueMs: number,
): Commit | null {
  const latestMs = dueMs - everyMinutes * MINUTE_MS;
  const changes: Commit['changes'][number][] = [];
  for (const [instanceId, instance] of instances) {
    const { status, sinceMs, sinceKnown, note } = instance;
    if (status !== 'Stopped' || sinceMs > latestMs) continue;
    changes.push({
      ...detailsOf(instance),
      ...(note !== undefined && { note }),
      instanceId,
      from: 'Running',
      to: 'Stopped',
      fromSinceMs: sinceMs,
      ...(sinceKnown === true && { fromSinceKnown: true }),
    });
  }
  if (changes.length === 0) return null;
  return { scope, seq, atMs: dueMs, previousAtMs: null, tickId: '', changes };
}
