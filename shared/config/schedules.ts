import type { Wording } from '../core/wording.ts';
import {
  REMINDER_FORMS,
  type ReminderSchedule,
  remindersIn,
} from '../watch/core/periodic/reminders.ts';
import {
  type ReportSchedule,
  SCHEDULE_FORMS,
  scheduleIn,
} from '../watch/core/periodic/schedule.ts';
import type { VariableReader } from './reader.ts';
import { TIME_ZONE } from './wording.ts';

/** What is said without a change. */
export interface Schedules {
  /** When reports are due. Absent: never. */
  readonly report?: ReportSchedule;
  /** When what stays stopped is said again. Absent: never. */
  readonly remind?: ReminderSchedule;
}

/** When reports and reminders are due, on the clock of the messages. */
export function configuredSchedules(read: VariableReader, wording: Wording): Schedules {
  const report = configuredSchedule(read, wording, 'WATCH_REPORT', scheduleIn, SCHEDULE_FORMS);
  const remind = configuredSchedule(read, wording, 'WATCH_REMIND', remindersIn, REMINDER_FORMS);
  return { ...(report !== undefined && { report }), ...(remind !== undefined && { remind }) };
}

/** A zone that is none is refused by its own variable. */
function configuredSchedule<T>(
  read: VariableReader,
  { timeZone }: Wording,
  variable: string,
  parse: (text: string, timeZone: string) => T | undefined,
  forms: string,
): T | undefined {
  const text = read.text(variable);
  if (text === undefined) return undefined;
  const schedule = parse(text, TIME_ZONE.allows(timeZone) ? timeZone : 'UTC');
  if (schedule === undefined) read.refuse(variable, `is not a time such as ${forms}`);
  return schedule;
}
