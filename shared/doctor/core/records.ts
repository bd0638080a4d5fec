import type { Contradiction, Extent, Inconsistency } from '../../core/chain.ts';
import type { ChannelState, Starts } from '../../core/channel-state.ts';
import type { DeliveryRecord } from '../../core/delivery-record.ts';
import type { Health, HealthLimits } from '../../core/health.ts';
import type { Stored } from '../../core/stored.ts';

/** Everything that the doctor read, at one time. */
export interface Records {
  readonly atMs: number;
  readonly healthLimits?: HealthLimits;
  readonly scopes: readonly ScopeRecord[];
  readonly channels: readonly ChannelRecord[];
}

/** What the rows of a scope hold. */
export interface ScopeRecord {
  readonly scope: string;
  /** Null: never written. */
  readonly health: Stored<Health> | null;
  /** Where channels begin in this journal; null: never written. */
  readonly starts: Stored<Starts> | null;
  /** Null: none was ever taken. */
  readonly lease: Stored<{ readonly owner: string; readonly untilMs: number }> | null;
  readonly checkpoint: CheckpointRecord | null;
  readonly extent: Extent;
  readonly inconsistencies: readonly Inconsistency[];
  /** The kept checkpoints with which something is wrong. */
  readonly wrongKept: readonly WrongKept[];
  readonly strayParts: readonly { readonly name: string; readonly writtenAtMs: number }[];
}

/** A kept checkpoint that cannot be read, or that is not what the commits say. */
export interface WrongKept {
  readonly seq: number;
  readonly wrong: string | readonly Contradiction[];
}

export interface CheckpointRecord {
  /** Null: the reference to it cannot be read. */
  readonly ref: { readonly seq: number; readonly parts: number; readonly writer: string } | null;
  /** Everything that cannot be read of it; empty when it is whole. */
  readonly damage: readonly string[];
  /** Null when it is damaged. */
  readonly instances: number | null;
}

/** What the row of a channel holds; null: the channel has no row. */
export interface ChannelRecord {
  readonly channel: string;
  readonly isConfigured: boolean;
  readonly state: Stored<ChannelState> | null;
  /** The last attempts at messages, newest first. */
  readonly deliveries: readonly Stored<DeliveryRecord>[];
}

/** Null where nothing is stored, or it cannot be read. */
export function readable<T>(stored: Stored<T> | null): T | null {
  return stored !== null && 'value' in stored ? stored.value : null;
}

export function isDamaged(checkpoint: CheckpointRecord | null): boolean {
  return checkpoint !== null && checkpoint.damage.length > 0;
}
