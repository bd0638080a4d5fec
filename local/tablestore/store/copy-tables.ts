import { openDiskStore } from './disk-store.ts';
import type { Change, KeyRange } from './store.ts';

/** Entries that one write copies; the walk itself ends a chunk at about a megabyte. */
const CHUNK_ENTRIES = 1_000;
/** Every key: the first byte of one is the kind of its entry, and no kind is 255. */
const ALL: KeyRange = { from: Buffer.alloc(0), to: Buffer.from([0xff]) };

/**
 * Copies the tables of one folder into another, entry by entry, so that a damaged source is noticed.
 * Both must be out of use. The copy is whole once the promise resolves.
 *
 * @throws {Error} when either is in use or not a store, or the source is damaged
 */
export async function copyTables(from: string, to: string): Promise<{ readonly entries: number }> {
  const source = await openDiskStore(from);
  try {
    const target = await openDiskStore(to);
    let entries = 0;
    try {
      for await (const chunk of source.walk(ALL, { chunkEntries: CHUNK_ENTRIES })) {
        await target.write(chunk.map(([key, value]): Change => ({ type: 'put', key, value })));
        entries += chunk.length;
      }
    } finally {
      await target.close();
    }
    return { entries };
  } finally {
    await source.close();
  }
}
