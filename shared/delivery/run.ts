import type { ChannelState, Starts } from '../core/channel-state.ts';
import type { Commit, Scope } from '../core/model.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Channel } from '../ports/channel.ts';
import type { Journal } from '../ports/journal.ts';
import type { DueReminder } from './core/news/due-reminder.ts';
import type { Manner } from './core/stages/stage.ts';

/** The doors that delivery uses. */
export interface DeliveryPorts {
  readonly journal: Journal;
  readonly channels: readonly ServedChannel[];
  readonly runtime: Runtime;
}

/** A channel, and which changes it is sent, and when. */
export type ServedChannel = Channel & Pick<Manner, 'policy'>;

/** The run that delivers: its id, its deadline, and what its function instance remembers. */
export interface DeliveryRun {
  readonly tickId: string;
  readonly deadlineMs: number;
  /** What stays bad, where it is time to say so again. Absent: it is not. */
  readonly reminder?: DueReminder;
  readonly memory: {
    /** Channel name → its row as this instance last saw it. */
    readonly channels: Map<string, ChannelState>;
  };
}

/** Where a scope's journal ends, as far as this run knows; null when it does not. */
export interface JournalEnd {
  readonly scope: Scope;
  readonly lastSeq: number | null;
  /** Where channels begin in it, as its head row says. */
  readonly starts: Starts;
  /** The last commits, without a gap, that this run has made or read: they need not be read again. */
  readonly made: readonly Commit[];
}

/** Scope key → the last commit of its journal, where it is known. */
export function lastSeqsOf(
  ends: readonly Pick<JournalEnd, 'scope' | 'lastSeq'>[],
): ReadonlyMap<string, number> {
  return new Map(
    ends.flatMap(({ scope, lastSeq }) => (lastSeq === null ? [] : [[scope.key, lastSeq]])),
  );
}
