import type { JournalRow } from '../core/chain.ts';
import type { ChannelState, Starts } from '../core/channel-state.ts';
import type { Health } from '../core/health.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import type { CheckpointRef, Lease } from './journal.ts';

/**
 * The journal row by row, for who examines it: a row that cannot be read is named and hides no
 * other one. Nothing is written, and tables that are not there hold nothing. @throws {JournalError}
 */
export interface RawJournal {
  /** At most `limit` rows of a scope past `seq`, oldest first. */
  commits(scope: Scope, seq: number, limit: number): Promise<readonly JournalRow[]>;
  /** Undefined: nothing but a lease at most stands there. */
  head(scope: Scope): Promise<HeadRow | undefined>;
  lease(scope: Scope): Promise<Lease | undefined>;
  /** What one part (from 0) of a checkpoint holds of its snapshot. @throws {JournalError} `corrupt` */
  part(scope: Scope, ref: CheckpointRef, index: number): Promise<Snapshot>;
  /** Parts that are stored and do not belong to `current`, whoever left them. */
  strayParts(scope: Scope, current: CheckpointRef | null): Promise<readonly StrayPart[]>;
  /** Every channel that was ever registered, by name. */
  channels(): Promise<ReadonlyMap<string, Stored<ChannelState>>>;
}

/** A scope's head row, each cell for itself; null: it was never written. */
export interface HeadRow {
  readonly checkpoint: Stored<CheckpointRef> | null;
  readonly health: Stored<Health> | null;
  /** Where channels begin in the scope's journal. */
  readonly starts: Stored<Starts> | null;
}

export interface StrayPart {
  readonly name: string;
  readonly writtenAtMs: number;
}
