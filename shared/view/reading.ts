import { ChainError, fold } from '../core/journal.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import { commitsPast } from '../journal/read.ts';
import { readCheckpoint } from '../journal/read-checkpoint.ts';
import type { Head, JournalReader } from '../ports/journal.ts';

/** A scope as its journal has it, read without the right to write. */
export interface Reading {
  /** Undefined before the first tick. */
  readonly head: Head | undefined;
  readonly snapshot: Snapshot;
}

/** Scope key → the last reading. Losing it costs one cold start. */
export interface Readings {
  get(scopeKey: string): Reading | undefined;
  set(scopeKey: string, reading: Reading): unknown;
}

/**
 * Brings the reading of a scope up to date. It takes no lease, so ticks may run meanwhile. A warm
 * function reads the head and the new commits; a cold one reads a checkpoint as well.
 */
export async function refreshReading(
  journal: JournalReader,
  scope: Scope,
  readings: Readings,
): Promise<Reading> {
  const known = readings.get(scope.key);
  const extended = known === undefined ? undefined : await extendReading(journal, scope, known);
  const reading = extended ?? (await readCold(journal, scope));
  readings.set(scope.key, reading);
  return reading;
}

/** Undefined when the known reading does not lead to what is stored now. */
async function extendReading(
  journal: JournalReader,
  scope: Scope,
  known: Reading,
): Promise<Reading | undefined> {
  const [head, commits] = await Promise.all([
    journal.head(scope),
    commitsPast(journal, scope, known.snapshot.seq),
  ]);
  const storedSeq = head?.checkpoint?.seq ?? 0;
  // A head is never removed and its checkpoint never goes back, unless the tables were removed.
  if (head === undefined || storedSeq < (known.head?.checkpoint?.seq ?? 0)) return undefined;
  try {
    const snapshot = fold(known.snapshot, commits);
    // The commits between the known snapshot and the checkpoint are past their retention.
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
  const lost = head?.unreadable?.checkpoint;
  // Without the reference, only a journal that goes back to its beginning says all.
  if (lost !== undefined && commits[0]?.seq !== 1) throw lost.error;
  const { snapshot } = base;
  // The checkpoint that was read may be newer than the one that the head named.
  const further = commits.filter(({ seq }) => seq > snapshot.seq);
  return { head, snapshot: fold(snapshot, further) };
}
