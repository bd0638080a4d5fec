import type { ChannelState, Starts } from '../../core/channel-state.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import type { CallTotals, Health } from '../../core/health.ts';
import type { Commit, Instance, Snapshot } from '../../core/model.ts';
import type { WatchList } from '../../core/watch-list.ts';

/**
 * What an export holds, in this order: of each scope its snapshot at the last commit, its commits from
 * the oldest on and then its head; after all scopes what channels were sent, the channels, and what is
 * watched.
 */
export type ExportItem =
  | SnapshotItem
  | { readonly kind: 'commit'; readonly commit: Commit }
  | HeadItem
  | { readonly kind: 'delivery'; readonly record: DeliveryRecord }
  | ChannelItem
  | { readonly kind: 'watched'; readonly list: WatchList };

/** What a snapshot has beside its instances, of which an older version stored less. */
export type SnapshotFacts = Pick<Snapshot, 'changeCount' | 'lastAtMs'>;

/** A part of a snapshot, small enough for a line. Only a scope with a checkpoint has one. */
export interface SnapshotItem extends SnapshotFacts {
  readonly kind: 'snapshot';
  readonly scope: string;
  readonly seq: number;
  /** From 0; the last part is followed by a commit or the head. */
  readonly index: number;
  readonly baselined: boolean;
  readonly instances: readonly (readonly [instanceId: string, Instance])[];
  readonly released: readonly (readonly [instanceId: string, releasedAtMs: number])[];
}

export interface HeadItem {
  readonly kind: 'head';
  readonly scope: string;
  /** The last commit, also where its row has expired. */
  readonly seq: number;
  readonly health: Health;
  readonly starts: Starts;
  readonly totals?: CallTotals;
}

export interface ChannelItem {
  readonly kind: 'channel';
  readonly name: string;
  readonly state: ChannelState;
}
