import type { Clock } from '../../clock.ts';
import type { Store } from '../store/store.ts';
import { type UsageMeter, usageMeter } from '../usage.ts';
import { type Counters, counters } from './counters.ts';
import { type KeyedLock, keyedLock } from './keyed-lock.ts';
import { type Sweeper, sweeper } from './sweeper.ts';
import { loadTables, type Tables } from './tables.ts';

/** One instance: its tables, their rows, and what its clients have used. */
export interface Engine {
  readonly store: Store;
  readonly clock: Clock;
  readonly tables: Tables;
  readonly counters: Counters;
  /** By row: a write looks at the row, decides and writes before the next one looks. */
  readonly rowLocks: KeyedLock;
  readonly sweeper: Sweeper;
  readonly usage: UsageMeter;
}

export async function openEngine(store: Store, clock: Clock): Promise<Engine> {
  const rowLocks = keyedLock();
  return {
    store,
    clock,
    tables: await loadTables(store),
    counters: counters(store),
    rowLocks,
    sweeper: sweeper(store, clock, rowLocks),
    usage: usageMeter(),
  };
}
