import { MemoryLevel } from 'memory-level';
import { BYTES, levelStore } from './level-store.ts';
import type { Store } from './store.ts';

/** A store that is lost when the process ends. */
export async function openMemoryStore(): Promise<Store> {
  const level = new MemoryLevel<Buffer, Buffer>({ ...BYTES, storeEncoding: 'buffer' });
  await level.open();
  return levelStore(level, (batch) => level.batch(batch));
}
