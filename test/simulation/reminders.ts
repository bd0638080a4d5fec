import type { Random } from '../../local/random.ts';
import type { Message } from '../../shared/core/message.ts';
import { zoneClock } from '../../shared/delivery/core/message/zone-time.ts';
import type { ReminderSchedule } from '../../shared/watch/core/periodic/reminders.ts';

const MINUTE_MS = 60_000;

/** When what stays stopped is said again: as the product is given it, and what it means. */
export interface Reminders {
  readonly schedule: { readonly remind: ReminderSchedule };
  readonly periodMs: number;
  /** Is the answer to this message lost? So few hold reminders that the rates hardly ever meet one. */
  isAnswerLost(message: Message): boolean;
}

/**
 * A history of a tick a minute takes 40 minutes: it has several reminders only of a shorter period than people
 * may configure. In those of days, ticks are six hours apart.
 */
const PERIODS_MINUTES = [60, 10, 720] as const;
const LOST_ANSWERS = [0, 0.5] as const;

/** Null: none are configured. */
export function drawReminders(random: Random | null): Reminders | null {
  if (random === null) return null;
  const everyMinutes = random.pick(PERIODS_MINUTES);
  const lostAnswer = random.pick(LOST_ANSWERS);
  return {
    schedule: { remind: { everyMinutes, firstMinutes: 0, clock: zoneClock('UTC') } },
    periodMs: everyMinutes * MINUTE_MS,
    isAnswerLost: ({ reminders }) => reminders !== undefined && random.chance(lostAnswer),
  };
}
