import type { Journal } from '../ports/journal.ts';
import { outlived } from './core/imported-channel.ts';

/**
 * Marks the channels of a store that was put back from an earlier copy: what they were sent since the
 * copy is not known. Nothing else works on the store. @throws {JournalError}
 */
export async function markOutlived(journal: Journal, runId: string): Promise<number> {
  let marked = 0;
  for (const [name, row] of await journal.channels()) {
    // The doctor names a row that cannot be read, and its channel sends nothing.
    if (!('value' in row)) continue;
    const state = row.value;
    const ends = new Map<string, number>();
    for (const key of Object.keys(state.cursor)) {
      ends.set(key, await journal.lastSeq({ key, account: '', regionId: '' }));
    }
    await journal.moveChannel(name, state, {
      ...outlived(state, ends),
      version: state.version + 1,
      tickId: runId,
    });
    marked += 1;
  }
  return marked;
}
