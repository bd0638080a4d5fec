import { isReminderDue, remindersOf } from '../news/reminders.ts';
import type { Stage } from './stage.ts';

/** A message takes along what stays bad, where it is time to say so; without news it is a message itself. */
export const remind: Stage = (draft, circumstances) => {
  const { manner, state, nowMs, reminder } = circumstances;
  // What may have arrived, and what a mute has held back, comes first and by itself.
  if (draft.isRepeat || draft.summary !== undefined) return draft;
  if (!isReminderDue(manner, state, reminder, nowMs)) return draft;
  const commits = remindersOf(reminder, draft.pending.flat(), circumstances);
  return { ...draft, reminders: { dueMs: reminder.dueMs, commits } };
};
