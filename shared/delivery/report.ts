import type { Message, Outcome } from '../core/message.ts';

/** `waiting`: for another run, or until it may be sent more; `error`: it was not tried. */
export type ChannelOutcome = Outcome['kind'] | 'idle' | 'waiting' | 'error';

/** What became of one channel in one tick. */
export interface ChannelReport {
  readonly channel: string;
  readonly messages: number;
  /** Changes that the delivered messages announced. */
  readonly changes: number;
  readonly outcome: ChannelOutcome;
  /** Commits that are still to be delivered to this channel. */
  readonly backlog: number;
  readonly error?: string;
  /** What the operator should know besides. */
  readonly notes?: readonly string[];
}

/** Messages that arrived, and the changes that they announced. */
export interface Tally {
  messages: number;
  changes: number;
  readonly notes: string[];
}

/** The instances of a baseline are announced as a number, and are no changes. */
export function addMessage(tally: Tally, { commits }: Message): void {
  tally.messages += 1;
  for (const { changes, notice } of commits) tally.changes += notice ? 0 : changes.length;
}
