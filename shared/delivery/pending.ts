import type { Cursor } from '../core/channel-state.ts';
import type { Commit, Scope } from '../core/model.ts';
import { isCorrupt, lastSeqOf } from '../journal/read.ts';
import { allOf } from '../lib/all-of.ts';
import type { Journal, JournalError } from '../ports/journal.ts';
import type { JournalEnd } from './run.ts';

/** Scope key → its commits past a channel's cursor, or the first of them. */
export type Pending = ReadonlyMap<string, readonly Commit[]>;

/**
 * Commits of one scope that a message is planned from; fewer, where so many changes are in them
 * already: a commit may hold a megabyte.
 */
const MAX_PENDING: Limits = { commits: 200, changes: 5_000 };

/** What is left of `known` past the cursor, or, when nothing is, what the journals hold past it. */
export async function pendingPast(
  cursor: Cursor,
  known: Pending,
  journal: Journal,
  ends: readonly JournalEnd[],
): Promise<Pending> {
  const left = [...known].map(([scope, commits]) => {
    const past = commits.filter(({ seq }) => seq > (cursor[scope]?.seq ?? 0));
    return [scope, past] as const;
  });
  if (left.some(([, commits]) => commits.length > 0)) return new Map(left);
  const unreadable: JournalError[] = [];
  const read = await allOf(
    ends.map(async (end) => {
      try {
        return [end.scope.key, await readPending(journal, end, cursor)] as const;
      } catch (error) {
        if (!isCorrupt(error)) throw error;
        // A commit that cannot be read stops its own scope; the others are delivered first.
        unreadable.push(error);
        return [end.scope.key, []] as const;
      }
    }),
  );
  const [first] = unreadable;
  const isNothingElse = read.every(([, commits]) => commits.length === 0);
  if (first !== undefined && isNothingElse) throw first;
  return new Map(read);
}

/** A summary is made from so many commits of one scope: a week has fewer, and the rest follows. */
const MAX_MUTED: Limits = { commits: 5_000, changes: 20_000 };

/** What mutes have held back: the commits past `after`, as far as the cursor. */
export async function mutedIn(
  after: Readonly<Record<string, number>>,
  cursor: Cursor,
  journal: Journal,
  ends: readonly JournalEnd[],
): Promise<Pending> {
  const read = ends.flatMap(({ scope }) => {
    const [from, until] = [after[scope.key], cursor[scope.key]?.seq];
    if (from === undefined || until === undefined) return [];
    const reading = readOn(journal, scope, { from, until }, MAX_MUTED);
    return [reading.then((commits) => [scope.key, commits] as const)];
  });
  return new Map(await allOf(read));
}

async function readPending(
  journal: Journal,
  { scope, lastSeq, made }: JournalEnd,
  cursor: Cursor,
): Promise<readonly Commit[]> {
  const from = cursor[scope.key]?.seq;
  const isServed = from === undefined || lastSeq === null || from >= lastSeq;
  if (isServed) return [];
  return made[0]?.seq === from + 1
    ? made
    : readOn(journal, scope, { from, until: lastSeq }, MAX_PENDING);
}

/** How much is read of one scope. */
interface Limits {
  readonly commits: number;
  readonly changes: number;
}

/**
 * The next commits past `from`, as far as `until`, until they are enough. They are read as the store
 * returns them: several channels with a backlog of large commits would fill the memory of a function.
 */
async function readOn(
  journal: Journal,
  scope: Scope,
  { from, until }: { readonly from: number; readonly until: number },
  limits: Limits,
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  let changes = 0;
  let reached = from;
  while (reached < until && commits.length < limits.commits && changes < limits.changes) {
    const more = await journal.nextAfter(
      scope,
      reached,
      Math.min(limits.commits - commits.length, until - reached),
    );
    if (more.length === 0) break;
    commits.push(...more);
    changes += more.reduce((sum, commit) => sum + commit.changes.length, 0);
    reached = lastSeqOf(more, reached);
  }
  return commits;
}
