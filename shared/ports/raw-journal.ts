import type { JournalRow } from '../core/chain.ts';
import type { ChannelState, Starts } from '../core/channel-state.ts';
import type { CallTotals, Health } from '../core/health.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import type { Stored } from '../core/stored.ts';
import type { DeliveryLogReader } from './deliveries.ts';
import type { CheckpointRef, KeptCheckpoint, Lease } from './journal.ts';

/**
 * The journal row by row, to examine it: a row that cannot be read says so, and hides no other one.
 * Nothing is written, and tables that do not exist hold nothing. @throws {JournalError}
 */
export interface RawJournal extends DeliveryLogReader {
  /** At most `limit` rows of a scope past `seq`, oldest first. */
  commits(scope: Scope, seq: number, limit: number): Promise<readonly JournalRow[]>;
  /** Undefined: the row holds nothing but a lease at most. */
  head(scope: Scope): Promise<HeadRow | undefined>;
  /** Undefined: no lease was ever taken. */
  lease(scope: Scope): Promise<Stored<Lease> | undefined>;
  /** What one part (from 0) of a checkpoint holds of its snapshot. */
  part(scope: Scope, ref: CheckpointRef, index: number): Promise<Stored<Snapshot>>;
  /** Parts that are stored and do not belong to `current`. */
  strayParts(scope: Scope, current: CheckpointRef | null): Promise<readonly StrayPart[]>;
  /** Every kept checkpoint of a scope, oldest first. */
  kept(scope: Scope): Promise<readonly KeptRow[]>;
  keptSnapshot(scope: Scope, kept: KeptCheckpoint): Promise<Stored<Snapshot>>;
  /** Every channel that was ever registered, by name. */
  channels(): Promise<ReadonlyMap<string, Stored<ChannelState>>>;
}

/** A scope's head row, cell by cell; null: the cell was never written. */
export interface HeadRow {
  readonly checkpoint: Stored<CheckpointRef> | null;
  readonly health: Stored<Health> | null;
  /** Where channels begin in the scope's journal. */
  readonly starts: Stored<Starts> | null;
  /** 0 where one of them cannot be read. Absent: neither was ever written. */
  readonly totals?: CallTotals;
  /** 0 where it cannot be read. Absent: there is none. */
  readonly uncounted?: CallTotals;
  /** The tick that saved it, where no other one has taken the lease since. */
  readonly savedBy?: string;
}

/** The row that names a kept checkpoint. */
export interface KeptRow {
  readonly seq: number;
  readonly kept: Stored<KeptCheckpoint>;
}

export interface StrayPart {
  readonly name: string;
  readonly writtenAtMs: number;
}
