import type { Random } from '../../local/random.ts';
import { type ReminderSchedule, remindersIn } from '../../shared/watch/core/periodic/reminders.ts';

const HOUR_MS = 60 * 60 * 1000;

/** When what stays stopped is said again: as the product is given it, and what it means. */
export interface Reminders {
  readonly schedule: { readonly remind?: ReminderSchedule };
  readonly periodMs: number;
}

/** Histories of minutes have one an hour; in those of days, ticks are six hours apart. */
const HOURS = [1, 1, 12] as const;

/** Null: none are configured. */
export function drawReminders(random: Random | null): Reminders | null {
  if (random === null) return null;
  const hours = random.pick(HOURS);
  const remind = remindersIn(`every ${hours}h`, 'UTC');
  return { schedule: remind === undefined ? {} : { remind }, periodMs: hours * HOUR_MS };
}
