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
const MAX_PENDING = 200;
const MAX_PENDING_CHANGES = 5_000;

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

async function readPending(
  journal: Journal,
  { scope, lastSeq, made }: JournalEnd,
  cursor: Cursor,
): Promise<readonly Commit[]> {
  const from = cursor[scope.key]?.seq;
  const isServed = from === undefined || lastSeq === null || from >= lastSeq;
  if (isServed) return [];
  return made[0]?.seq === from + 1 ? made : readBacklog(journal, scope, from, lastSeq);
}

/**
 * The next commits past `from`, until they are enough for a message. They are read as the store returns
 * them: several channels with a backlog of large commits would fill the memory of a function.
 */
async function readBacklog(
  journal: Journal,
  scope: Scope,
  from: number,
  lastSeq: number,
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  let changes = 0;
  let reached = from;
  while (reached < lastSeq && commits.length < MAX_PENDING && changes < MAX_PENDING_CHANGES) {
    const more = await journal.nextAfter(scope, reached, MAX_PENDING - commits.length);
    if (more.length === 0) break;
    commits.push(...more);
    changes += more.reduce((sum, commit) => sum + commit.changes.length, 0);
    reached = lastSeqOf(more, reached);
  }
  return commits;
}
