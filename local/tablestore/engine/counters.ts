import type { Change, Store } from '../store/store.ts';
import { counterKey } from './keys.ts';
import type { PrimaryKey } from './values.ts';

/** The numbers of AUTO_INCREMENT columns: unique and rising within a partition, with gaps where a write failed. */
export interface Counters {
  /** The next number of the key's partition, and the change that must be written along with its row. */
  next(tableId: number, key: PrimaryKey): { readonly number: bigint; readonly change: Change };
}

export function counters(store: Store): Counters {
  // Ahead of the store: the rows of the last numbers are still being written.
  const last = new Map<string, bigint>();
  return {
    next(tableId, key) {
      const storeKey = counterKey(tableId, key);
      const name = storeKey.toString('latin1');
      const before = last.get(name) ?? BigInt(store.get(storeKey)?.toString() ?? '0');
      const number = before + 1n;
      last.set(name, number);
      return { number, change: { type: 'put', key: storeKey, value: Buffer.from(String(number)) } };
    },
  };
}
