import type { ChannelState, Starts } from '../core/channel-state.ts';
import type { Tail } from '../core/journal.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import type { WatchList } from '../core/watch-list.ts';
import type { Missed, WatcherState } from '../core/watcher-journal.ts';
import type { Head } from '../ports/journal.ts';
import type { Budget } from './budget.ts';
import type { StoreOutage } from './core/outage.ts';
import type { PassedHead } from './core/passed-head.ts';

/**
 * What a warm function remembers from tick to tick, to read and write rows whose number does not
 * grow with the fleet. Losing it costs one cold start, never a change.
 */
export interface Memory {
  /** Scope key → what was stored in Tablestore after the last tick. */
  readonly scopes: Map<string, Remembered>;
  /** Scope key → its head row as the last shard has left it; of a run that hands scopes to shards. */
  readonly heads: Map<string, PassedHead>;
  /** The watcher's own journal; undefined in a cold function. */
  watcher: KnownWatcher | undefined;
  /** Ticks of this function instance so far. */
  ticks: number;
  /** The ticks that were missed, which the watcher's journal does not say yet; null: it does. */
  missed: Missed | null;
  /** Since when the journal cannot be used; null: it can. */
  outage: StoreOutage | null;
  /** Channel name → its state after this function last moved it. */
  readonly channels: Map<string, ChannelState>;
  /** What is watched, as it was stored then; undefined in a cold function. */
  watchList: { readonly list: WatchList; readonly atMs: number } | undefined;
  /** Notes that are reported once, not once a minute. */
  readonly reportedNotes: Set<string>;
  /** The channels that have a row and a place in these scopes; undefined: not read yet. */
  servedChannels: readonly string[] | undefined;
  /** Account and region → the calls that this function instance may still send for events. */
  readonly pushBudgets: Map<string, Budget>;
}

/** The watcher's journal and where channels begin in it, as its head row says. */
export interface KnownWatcher extends WatcherState {
  readonly starts: Starts;
}

export interface Remembered {
  readonly snapshot: Snapshot;
  readonly head: Head;
  readonly tail: Tail;
}

export function newMemory(): Memory {
  return {
    scopes: new Map(),
    heads: new Map(),
    watcher: undefined,
    ticks: 0,
    missed: null,
    outage: null,
    channels: new Map(),
    watchList: undefined,
    reportedNotes: new Set(),
    servedChannels: undefined,
    pushBudgets: new Map(),
  };
}

/** About half of the instances that one function of 512 MB can watch (bench/memory.ts). */
const MAX_REMEMBERED_INSTANCES = 50_000;

/**
 * Makes room for the scopes of a shard: while more instances are remembered than is good for the memory
 * of the function, the scopes that were not seen for longest are forgotten. Those of the shard stay.
 */
export function forgetOldest(
  { scopes }: Pick<Memory, 'scopes'>,
  kept: readonly Scope[],
  maxInstances: number = MAX_REMEMBERED_INSTANCES,
): void {
  const sizes = [...scopes].map(([key, { snapshot }]) => [key, snapshot.instances.size] as const);
  const isKept = new Set(kept.map(({ key }) => key));
  let instances = sizes.reduce((sum, [, size]) => sum + size, 0);
  // A scope is removed and added with each tick, so that the first one is the oldest.
  for (const [key, size] of sizes) {
    if (instances <= maxInstances) return;
    if (isKept.has(key)) continue;
    scopes.delete(key);
    instances -= size;
  }
}
