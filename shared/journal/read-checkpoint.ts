import { EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import type { CheckpointRef, JournalError, JournalReader } from '../ports/journal.ts';
import { isCorrupt } from './read.ts';

/** The current checkpoint, or why it cannot be read. A scope without one starts empty. */
export type CheckpointRead =
  | { readonly ref: CheckpointRef | null; readonly snapshot: Snapshot }
  | { readonly ref: CheckpointRef; readonly snapshot: null; readonly damage: JournalError };

/** Reads the checkpoint `ref`, or a newer one that has replaced it. */
export async function readCheckpoint(
  journal: JournalReader,
  scope: Scope,
  ref: CheckpointRef | null,
): Promise<CheckpointRead> {
  if (ref === null) return { ref, snapshot: EMPTY_SNAPSHOT };
  return readCurrent(
    ref,
    (current) => readOne(journal, scope, current),
    async () => (await journal.head(scope))?.checkpoint ?? null,
  );
}

async function readOne(
  journal: JournalReader,
  scope: Scope,
  ref: CheckpointRef,
): Promise<CheckpointRead> {
  try {
    return { ref, snapshot: await journal.checkpoint(scope, ref) };
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return { ref, snapshot: null, damage: error };
  }
}

/**
 * A tick that stores a checkpoint removes the one before, even while that is being read. So a
 * checkpoint without a snapshot is damaged only if it is still the current one. Every further turn
 * of this loop needs another tick that has stored a checkpoint meanwhile.
 */
export async function readCurrent<Read extends { readonly snapshot: Snapshot | null }>(
  first: CheckpointRef,
  read: (ref: CheckpointRef) => Promise<Read>,
  findCurrent: () => Promise<CheckpointRef | null>,
): Promise<Read> {
  for (let ref = first; ; ) {
    const result = await read(ref);
    if (result.snapshot !== null) return result;
    const current = await findCurrent();
    if (current === null || isSameCheckpoint(current, ref)) return result;
    ref = current;
  }
}

function isSameCheckpoint(one: CheckpointRef, other: CheckpointRef): boolean {
  return one.seq === other.seq && one.writer === other.writer;
}
