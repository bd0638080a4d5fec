import type { Cursor } from '../core/channel-state.ts';
import type { Commit, Scope } from '../core/model.ts';
import { isCorrupt } from '../journal/read.ts';
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
const FIRST_PENDING_READ = 8;

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
const MAX_MUTED = 5_000;
const MAX_MUTED_CHANGES = 20_000;

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
    const isEnough = (commits: readonly Commit[], changes: number): boolean =>
      (commits.at(-1)?.seq ?? from) >= until ||
      commits.length >= MAX_MUTED ||
      changes >= MAX_MUTED_CHANGES;
    return [
      readOn(journal, scope, from, isEnough).then((commits) => [scope.key, commits] as const),
    ];
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
  return made[0]?.seq === from + 1 ? made : readBacklog(journal, scope, from);
}

function readBacklog(journal: Journal, scope: Scope, from: number): Promise<readonly Commit[]> {
  return readOn(journal, scope, from, (commits, changes) => {
    return commits.length >= MAX_PENDING || changes >= MAX_PENDING_CHANGES;
  });
}

/** The next commits past `from`, more and more at a time until they are enough for a message. */
async function readOn(
  journal: Journal,
  scope: Scope,
  from: number,
  isEnough: (commits: readonly Commit[], changes: number) => boolean,
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  let changes = 0;
  let size = FIRST_PENDING_READ;
  while (!isEnough(commits, changes)) {
    const more = await journal.after(scope, commits.at(-1)?.seq ?? from, size);
    commits.push(...more);
    changes += more.reduce((sum, commit) => sum + commit.changes.length, 0);
    if (more.length < size) break;
    size *= 2;
  }
  return commits;
}
