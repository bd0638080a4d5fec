import type { ChannelState, Starts } from '../core/channel-state.ts';
import type { Tail } from '../core/journal.ts';
import type { Snapshot } from '../core/model.ts';
import type { WatcherState } from '../core/watcher-journal.ts';
import type { Head } from '../ports/journal.ts';
import type { Budget } from './budget.ts';
import type { StoreOutage } from './core/outage.ts';

/**
 * What a warm function remembers from tick to tick, to read and write rows whose number does not
 * grow with the fleet. Losing it costs one cold start, never a change.
 */
export interface Memory {
  /** Scope key → what was stored in Tablestore after the last tick. */
  readonly scopes: Map<string, Remembered>;
  /** The watcher's own journal; undefined in a cold function. */
  watcher: WatcherState | undefined;
  /** Ticks of this function instance so far. */
  ticks: number;
  /** Since when the journal cannot be used; null: it can. */
  outage: StoreOutage | null;
  /** Channel name → its state after this function last moved it. */
  readonly channels: Map<string, ChannelState>;
  /** Scope key → where channels begin in its journal. */
  readonly starts: Map<string, Starts>;
  /** Account and region, as `main/cn-hangzhou` → the calls that are left. */
  readonly budgets: Map<string, Budget>;
  /** Notes that are reported once, not once a minute. */
  readonly reportedNotes: Set<string>;
}

export interface Remembered {
  readonly snapshot: Snapshot;
  readonly head: Head;
  readonly tail: Tail;
}

export function newMemory(): Memory {
  return {
    scopes: new Map(),
    watcher: undefined,
    ticks: 0,
    outage: null,
    channels: new Map(),
    starts: new Map(),
    budgets: new Map(),
    reportedNotes: new Set(),
  };
}
