import { ChainError, fold } from '../core/journal.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import { commitsPast } from '../journal/read.ts';
import { readCheckpoint } from '../journal/read-checkpoint.ts';
import type { Head, JournalReader, Peeked } from '../ports/journal.ts';

/** A scope as its journal has it, read without the right to write. */
export interface Reading {
  /** Undefined before the first tick. */
  readonly head: Head | undefined;
  readonly snapshot: Snapshot;
}

export interface ScopeReading extends Reading {
  readonly scope: Scope;
}

/** Scope key → the last reading. Losing it costs one cold start. */
export interface Readings {
  get(scopeKey: string): Reading | undefined;
  set(scopeKey: string, reading: Reading): unknown;
}

/**
 * Brings the readings of scopes up to date, in their order. It takes no lease, so ticks may run
 * meanwhile. A warm function reads two small rows of each scope, many scopes at once, and the commits
 * only of a scope that has new ones; a cold one reads a checkpoint as well. Every read begins after
 * the call, so that no reading is older than what was stored then.
 */
export async function refreshReadings(
  journal: JournalReader,
  scopes: readonly Scope[],
  readings: Readings,
): Promise<readonly ScopeReading[]> {
  const known = scopes.map((scope) => ({ scope, reading: readings.get(scope.key) }));
  const peeked = journal.peek(
    known.flatMap(({ scope, reading }) =>
      reading === undefined ? [] : [{ scope, seq: reading.snapshot.seq, head: reading.head }],
    ),
  );
  return Promise.all(
    known.map(async ({ scope, reading: before }) => {
      const extended =
        before && (await extendReading(journal, scope, before, (await peeked).get(scope.key)));
      const reading = extended ?? (await readCold(journal, scope));
      readings.set(scope.key, reading);
      return { scope, ...reading };
    }),
  );
}

/** Undefined when the known reading does not lead to what is stored now. */
async function extendReading(
  journal: JournalReader,
  scope: Scope,
  known: Reading,
  { head, isFollowed }: Peeked = { head: undefined, isFollowed: false },
): Promise<Reading | undefined> {
  const storedSeq = head?.checkpoint?.seq ?? 0;
  // A head is never removed and its checkpoint never goes back, unless the tables were removed.
  if (head === undefined || storedSeq < (known.head?.checkpoint?.seq ?? 0)) return undefined;
  // A head that knows later commits than there seem to be shows that one of them is missing.
  const isLater = isFollowed || Math.max(storedSeq, head.health.seq) > known.snapshot.seq;
  if (!isLater) return { head, snapshot: known.snapshot };
  try {
    const commits = await commitsPast(journal, scope, known.snapshot.seq);
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
