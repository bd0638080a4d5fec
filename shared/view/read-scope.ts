import { ChainError, fold } from '../core/journal.ts';
import { EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import { commitsPast, isCorrupt } from '../journal/read.ts';
import type { Head, JournalReader } from '../ports/journal.ts';

/** A scope as it stands in its journal, for those who only read. */
export interface Reading {
  /** Undefined before the first tick. */
  readonly head: Head | undefined;
  readonly snapshot: Snapshot;
}

/** Scope key → what was last read. Losing it costs one cold start. */
export type Readings = Map<string, Reading>;

/**
 * Reads a scope without its lease, so ticks may go on meanwhile. Warm, that is the head and the
 * commits past those already known; cold, a checkpoint as well.
 */
export async function readScope(
  journal: JournalReader,
  scope: Scope,
  readings: Readings,
): Promise<Reading> {
  const known = readings.get(scope.key);
  const further = known === undefined ? undefined : await readOn(journal, scope, known);
  const reading = further ?? (await readAnew(journal, scope));
  readings.set(scope.key, reading);
  return reading;
}

/** Undefined when what is known is no beginning of what is stored now. */
async function readOn(
  journal: JournalReader,
  scope: Scope,
  known: Reading,
): Promise<Reading | undefined> {
  const [head, commits] = await Promise.all([
    journal.head(scope),
    commitsPast(journal, scope, known.snapshot.seq),
  ]);
  const storedSeq = head?.checkpoint?.seq ?? 0;
  // A head stays, and its checkpoint never goes back, unless somebody has removed the tables.
  if (head === undefined || storedSeq < (known.head?.checkpoint?.seq ?? 0)) return undefined;
  try {
    const snapshot = fold(known.snapshot, commits);
    // The commits in between are older than the journal's retention.
    return snapshot.seq < storedSeq ? undefined : { head, snapshot };
  } catch (error) {
    if (error instanceof ChainError) return undefined;
    throw error;
  }
}

/** A tick that stores a checkpoint removes the one before, even while it is being read. */
const MAX_CHECKPOINT_READS = 3;

async function readAnew(journal: JournalReader, scope: Scope): Promise<Reading> {
  for (let attempt = 1; ; attempt += 1) {
    const head = await journal.head(scope);
    const checkpoint = head?.checkpoint ?? null;
    try {
      const [base, commits] = await Promise.all([
        checkpoint === null ? EMPTY_SNAPSHOT : journal.checkpoint(scope, checkpoint),
        commitsPast(journal, scope, checkpoint?.seq ?? 0),
      ]);
      const lost = head?.unreadable?.checkpoint;
      // Without the reference, only a journal that goes back to its beginning says all.
      if (lost !== undefined && commits[0]?.seq !== 1) throw lost.error;
      return { head, snapshot: fold(base, commits) };
    } catch (error) {
      if (!isCorrupt(error) || attempt === MAX_CHECKPOINT_READS) throw error;
    }
  }
}
