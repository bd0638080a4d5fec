import type { AbstractLevel } from 'abstract-level';
import type { Change, Store } from './store.ts';

type Level = AbstractLevel<Buffer | Uint8Array | string, Buffer, Buffer>;

/** Keys and values are bytes. */
export const BYTES = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const;

/** A chunk holds no more than this, however small its entries. */
const MAX_CHUNK_ENTRIES = 1000;
const CHUNK_BYTES = 1024 * 1024;

/** A store over LevelDB, or what behaves like it. `commit` writes one batch, durably where there is a disk. */
export function levelStore(level: Level, commit: (batch: Change[]) => Promise<void>): Store {
  const write = grouped(commit);
  return {
    get: (key) => level.getSync(key),
    async *walk(range, { backward = false, chunkEntries }) {
      const entries = level.iterator({
        gte: range.from,
        lt: range.to,
        reverse: backward,
        // Read by classic-level, which otherwise ends a chunk after 16 KiB.
        ...{ highWaterMarkBytes: CHUNK_BYTES },
      });
      try {
        let size = Math.min(chunkEntries, MAX_CHUNK_ENTRIES);
        while (true) {
          const chunk = await entries.nextv(size);
          if (chunk.length === 0) return;
          yield chunk;
          size = MAX_CHUNK_ENTRIES;
        }
      } finally {
        await entries.close();
      }
    },
    write,
    clear: (range) => level.clear({ gte: range.from, lt: range.to }),
    async close() {
      await write([]);
      await level.close();
    },
  };
}

interface WaitingWrite {
  readonly changes: readonly Change[];
  done(): void;
  failed(cause: unknown): void;
}

/** Writes that arrive while a batch is on its way to the disk go together in the next: one sync serves them all. */
function grouped(commit: (batch: Change[]) => Promise<void>): Store['write'] {
  let waiting: WaitingWrite[] = [];
  let isCommitting = false;

  const commitWaiting = async (): Promise<void> => {
    isCommitting = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await commit(group.flatMap(({ changes }) => changes));
        for (const { done } of group) done();
      } catch (cause) {
        for (const { failed } of group) failed(cause);
      }
    }
    isCommitting = false;
  };

  return (changes) =>
    new Promise((resolve, reject) => {
      waiting.push({ changes, done: resolve, failed: reject });
      if (!isCommitting) void commitWaiting();
    });
}
