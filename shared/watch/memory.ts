import type { ChannelState } from '../core/channel-state.ts';
import type { Tail } from '../core/journal.ts';
import type { Snapshot } from '../core/model.ts';
import type { Head } from '../ports/journal.ts';
import type { Budget } from './budget.ts';

/**
 * What a warm function remembers from tick to tick, to read and write rows whose number does not
 * grow with the fleet. Losing it costs one cold start, never a change.
 */
export interface Memory {
  /** Scope key → what was stored in Tablestore after the last tick. */
  readonly scopes: Map<string, Remembered>;
  /** Channel name → its state after this function last moved it. */
  readonly channels: Map<string, ChannelState>;
  /** Account and region, as `main/cn-hangzhou` → the calls that are left. */
  readonly budgets: Map<string, Budget>;
  /** Notes that are reported once, not once a minute. */
  readonly reportedNotes: Set<string>;
  /** The channels that have a row and a place in these scopes; undefined: not read yet. */
  servedChannels: readonly string[] | undefined;
}

export interface Remembered {
  readonly snapshot: Snapshot;
  readonly head: Head;
  readonly tail: Tail;
}

export function newMemory(): Memory {
  return {
    scopes: new Map(),
    channels: new Map(),
    budgets: new Map(),
    reportedNotes: new Set(),
    servedChannels: undefined,
  };
}
