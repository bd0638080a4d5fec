import { ChainError, fold } from '../core/journal.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import { commitsPast } from '../journal/read.ts';
import { readCheckpoint } from '../journal/read-checkpoint.ts';
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
  const reading = further ?? (await readCold(journal, scope));
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

async function readCold(journal: JournalReader, scope: Scope): Promise<Reading> {
  const head = await journal.head(scope);
  const checkpoint = head?.checkpoint ?? null;
  const [base, commits] = await Promise.all([
    readCheckpoint(journal, scope, checkpoint),
    commitsPast(journal, scope, checkpoint?.seq ?? 0),
  ]);
  if (base.snapshot === null) throw base.damage;
  const { snapshot } = base;
  // The checkpoint that was read may be newer than the one that the head named.
  const further = commits.filter(({ seq }) => seq > snapshot.seq);
  return { head, snapshot: fold(snapshot, further) };
}
