import { ChainError, fold } from '../core/journal.ts';
import type { Commit, Scope, Snapshot } from '../core/model.ts';
import { rewind } from '../core/rewind.ts';
import { isCorrupt } from '../journal/read.ts';
import type { JournalReader, KeptCheckpoint } from '../ports/journal.ts';
import { isFar, type Way, waysTo } from './core/ways.ts';
import { breakIn, loanOf, type ReadBudget, readSpan } from './read-range.ts';

/** From a known state of a scope to an earlier one, as of the commit `seq`. */
export interface Journey {
  readonly scope: Scope;
  readonly known: Snapshot;
  readonly seq: number;
  /** The cheapest first. */
  readonly ways: readonly Way<KeptCheckpoint>[];
  /** Was a kept checkpoint searched for? Near the known state, none is needed. */
  readonly isSearched: boolean;
}

export async function planJourney(
  journal: JournalReader,
  scope: Scope,
  known: Snapshot,
  seq: number,
): Promise<Journey> {
  const size = { seq: known.seq, instances: known.instances.size };
  const near: Journey = { scope, known, seq, ways: waysTo(seq, size, {}), isSearched: false };
  return isFar(seq, size) ? searchedJourney(journal, near) : near;
}

async function searchedJourney(journal: JournalReader, journey: Journey): Promise<Journey> {
  const { scope, known, seq } = journey;
  const [before, after] = await Promise.all([
    journal.keptUntil(scope, seq),
    journal.keptAfter(scope, seq),
  ]);
  const size = { seq: known.seq, instances: known.instances.size };
  return { ...journey, ways: waysTo(seq, size, { before, after }), isSearched: true };
}

/** The way that is tried first, if there is any. */
export function cheapestOf({ ways }: Journey): readonly Way<KeptCheckpoint>[] {
  return ways.slice(0, 1);
}

/** A state of a scope, and the commit that ended it; undefined: it is the known one. */
export interface Found {
  readonly snapshot: Snapshot;
  readonly next: Commit | undefined;
}

/**
 * The state at the end of a journey, by the first way that leads there, or why none does. What is damaged,
 * or is kept no more, costs a longer way.
 *
 * @throws {JournalError | ChainError} where what is stored contradicts itself on every way
 */
export async function walk(
  journal: JournalReader,
  journey: Journey,
  budget: ReadBudget,
): Promise<Found | string> {
  const found = await walkFirst(journal, journey, journey.ways, budget);
  if ('snapshot' in found) return found;
  const further = journey.isSearched ? [] : (await searchedJourney(journal, journey)).ways;
  const ofKept = further.filter(({ kept }) => kept !== null);
  const other = await walkFirst(journal, journey, ofKept, budget);
  if ('snapshot' in other) return other;
  if (typeof found.failure === 'string') return found.failure;
  throw found.failure;
}

/** `failure`: what is wrong with the way from the known state. */
async function walkFirst(
  journal: JournalReader,
  journey: Journey,
  ways: readonly Way<KeptCheckpoint>[],
  budget: ReadBudget,
): Promise<Found | { readonly failure: unknown }> {
  let failure: unknown = '';
  for (const way of ways) {
    const loan = loanOf(budget);
    try {
      const found = await walkOne(journal, journey, way, loan);
      if (typeof found !== 'string') return found;
      if (way.kept === null) failure = found;
    } catch (error) {
      if (!isCorrupt(error) && !(error instanceof ChainError)) throw error;
      if (way.kept === null) failure = error;
    }
    loan.giveBack();
  }
  return { failure };
}

async function walkOne(
  journal: JournalReader,
  { scope, known, seq }: Journey,
  way: Way<KeptCheckpoint>,
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
