import type { Clock } from '../../clock.ts';
import { KEEP_FOR_EVER } from '../limits.ts';
import type { Change, Store } from '../store/store.ts';
import type { KeyedLock } from './keyed-lock.ts';
import { rowsOf } from './keys.ts';
import { livingRow } from './lifetime.ts';
import { decodeRow } from './stored-row.ts';
import type { Table } from './table.ts';

/**
 * Erases the rows that have expired. Reads do not return them, but without the sweeper a journal that is kept for a
 * month would fill the disk for years.
 */
export interface Sweeper {
  /** Sweeps a table that is in use, in the background, unless it was swept in the last hour. */
  visit(table: Table): void;
  /** Resolves when no sweep is under way. */
  settled(): Promise<void>;
}

const INTERVAL_MS = 3_600_000;
const CHUNK_ROWS = 500;

export function sweeper(store: Store, clock: Clock, rowLocks: KeyedLock): Sweeper {
  const lastSweepMs = new Map<number, number>();
  const underWay = new Set<Promise<void>>();
  return {
    visit(table) {
      if (table.options.timeToLiveSeconds === KEEP_FOR_EVER) return;
      const nowMs = clock.now();
      if (nowMs - (lastSweepMs.get(table.id) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return;
      lastSweepMs.set(table.id, nowMs);
      const done = sweep(store, clock, rowLocks, table)
        .catch((cause) => process.emitWarning(cause))
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}

async function sweep(store: Store, clock: Clock, rowLocks: KeyedLock, table: Table): Promise<void> {
  const hasExpired = (bytes: Buffer | undefined): boolean =>
    bytes !== undefined && livingRow(decodeRow(bytes), table.options, clock.now()) === undefined;
  const erase = (key: Buffer): Promise<void> =>
    rowLocks.run(key.toString('latin1'), async () => {
      // It may have been written again since it was seen.
      if (!hasExpired(store.get(key))) return;
      const erased: Change = { type: 'del', key };
      await store.write([erased]);
    });
  for await (const rows of store.walk(rowsOf(table.id), { chunkEntries: CHUNK_ROWS })) {
    const expired = rows.filter(([, bytes]) => hasExpired(bytes));
    await Promise.all(expired.map(([key]) => erase(key)));
  }
}
