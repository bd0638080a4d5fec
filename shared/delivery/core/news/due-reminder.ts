import type { MessageCommit } from '../../../core/message.ts';

/**
 * A reminder is no news: the journal holds nothing of it. A run that finds one due makes it from the fleet
 * as it has just seen it, so that a late one says how things are now, and a channel's row says which one
 * was last. It moves with the message, and may have been said is said: no crash makes a reminder come
 * twice in its period.
 */
export interface DueReminder {
  /** When it was due: one that is said, or has nothing to say, is over until the next. */
  readonly dueMs: number;
  /**
   * What stays stopped, as the stop of each instance: a route takes it as it took that. `seq`: that of the
   * scope's last commit, as the run knows it; `fromSinceMs`: since when the instance is stopped.
   */
  readonly stops: readonly MessageCommit[];
}
