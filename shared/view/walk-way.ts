import { ChainError, fold } from '../core/journal.ts';
import type { Commit, Scope, Snapshot } from '../core/model.ts';
import { rewind } from '../core/rewind.ts';
import { isCorrupt } from '../journal/read.ts';
import type { JournalReader, KeptCheckpoint } from '../ports/journal.ts';
import type { Way } from './core/ways.ts';
import { breakIn, type ReadBudget, readSpan } from './read-range.ts';

/** A state of a scope, and the commit that ended it; undefined: it is the known one. */
export interface Found {
  readonly snapshot: Snapshot;
  readonly next: Commit | undefined;
}

/**
 * The state at `seq`, by the first way that leads there, or why none does: what is wrong with the one
 * from the known state. A kept checkpoint that is damaged costs no more than a longer way.
 *
 * @throws {JournalError | ChainError} where what is stored contradicts itself on every way
 */
export async function walk(
  journal: JournalReader,
  scope: Scope,
  known: Snapshot,
  { seq, ways }: { readonly seq: number; readonly ways: readonly Way<KeptCheckpoint>[] },
  budget: ReadBudget,
): Promise<Found | string> {
  let failure: unknown = '';
  for (const way of ways) {
    try {
      const found = await walkOne(journal, scope, known, { seq, way }, budget);
      if (typeof found !== 'string') return found;
      if (way.kept === null) failure = found;
    } catch (error) {
      if (!isCorrupt(error) && !(error instanceof ChainError)) throw error;
      if (way.kept === null) failure = error;
    }
  }
  if (typeof failure === 'string') return failure;
  throw failure;
}

async function walkOne(
  journal: JournalReader,
  scope: Scope,
  known: Snapshot,
  { seq, way }: { readonly seq: number; readonly way: Way<KeptCheckpoint> },
  budget: ReadBudget,
): Promise<Found | string> {
  // It comes first: a damaged one costs no commits.
  const start = way.kept === null ? known : await journal.keptSnapshot(scope, way.kept);
  const commits = await readSpan(journal, { scope, ...way }, budget);
  if (typeof commits === 'string') return commits;
  const passed = way.isBack ? commits : commits.filter((commit) => commit.seq <= seq);
  const broken = breakIn(passed);
  if (broken !== null) return broken;
  return {
    snapshot: way.isBack ? rewind(start, passed) : fold(start, passed),
    next: commits.find((commit) => commit.seq === seq + 1),
  };
}
