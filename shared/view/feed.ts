import type { Commit, Scope } from '../core/model.ts';
import type { JournalReader } from '../ports/journal.ts';
import {
  BEGINNING,
  type Direction,
  type FeedPage,
  type FeedPosition,
  type FeedPositions,
  type Item,
  itemsBeyond,
  mergeByTime,
  positionAfter,
  positionBeyond,
  type ScopeItems,
} from './core/feed.ts';

/** The direction to read the journal in, and the items to look for. */
export interface FeedQuery<T extends Item> {
  readonly direction: Direction;
  readonly limit: number;
  readonly itemsOf: (commit: Commit) => readonly T[];
  readonly isWanted: (item: T) => boolean;
  /** No wanted item follows such an item. */
  readonly isLast?: (item: T) => boolean;
}

/**
 * The most commits of one scope that one request reads. A rare item in a long journal costs the
 * caller a further request instead of a slow one.
 */
export const MAX_COMMITS_PER_FEED = 2_000;
const MAX_COMMITS_PER_READ = 200;

/** The next items of several journals by time, at most `limit` of them. */
export async function readFeed<T extends Item>(
  journal: JournalReader,
  scopes: readonly Scope[],
  positions: FeedPositions,
  query: FeedQuery<T>,
): Promise<FeedPage<T>> {
  const found = await Promise.all(
    scopes.map(async (scope) => {
      const start = positions.get(scope.key) ?? BEGINNING;
      return [scope.key, await readScopeItems(journal, scope, start, query)] as const;
    }),
  );
  return mergeByTime(new Map(found), query.direction, query.limit);
}

/** The items of one scope: one more than the limit, if there is one, to know that others follow. */
async function readScopeItems<T extends Item>(
  journal: JournalReader,
  scope: Scope,
  start: FeedPosition,
  { direction, limit, itemsOf, isWanted, isLast }: FeedQuery<T>,
): Promise<ScopeItems<T>> {
  const items: T[] = [];
  let reached = start;
  for (let read = 0; read < MAX_COMMITS_PER_FEED; ) {
    // Nearly every commit holds an item, so the first read is seldom followed by another.
    const wanted = read === 0 ? limit + 1 : MAX_COMMITS_PER_READ;
    const size = Math.min(wanted, MAX_COMMITS_PER_READ, MAX_COMMITS_PER_FEED - read);
    const commits = await readBeyond(journal, scope, reached, direction, size);
    for (const commit of commits) {
      items.push(...itemsBeyond(itemsOf(commit), commit, reached, direction).filter(isWanted));
      reached = positionBeyond(commit, direction);
      const latest = items.at(-1);
      if (latest !== undefined && isLast?.(latest)) return { items, reached, isEnd: true };
      if (items.length > limit) return { items, reached, isEnd: false };
    }
    if (commits.length < size) return { items, reached, isEnd: true };
    read += commits.length;
  }
  return { items, reached, isEnd: false };
}

function readBeyond(
  journal: JournalReader,
  scope: Scope,
  { seq, items }: FeedPosition,
  direction: Direction,
  limit: number,
): Promise<readonly Commit[]> {
  return direction === 'newer'
    ? journal.after(scope, seq - 1, limit)
    : journal.before(scope, items === 0 ? seq : seq + 1, limit);
}

/**
 * The position before the first commit that was made at `timeMs` or later. Commits are made one
 * after the other, so a few reads find it in a journal of any length.
 */
export async function seek(
  journal: JournalReader,
  scope: Scope,
  timeMs: number,
  end: FeedPosition,
): Promise<FeedPosition> {
  let low = BEGINNING.seq;
  let high = end.seq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // Commits past the journal's retention are gone. This is then the oldest that is left.
    const [commit] = await journal.after(scope, middle - 1, 1);
    if (commit === undefined || commit.atMs >= timeMs) high = middle;
    else low = commit.seq + 1;
  }
  return { seq: low, items: 0 };
}

/** The positions after the last commits. */
export async function readEnds(
  journal: JournalReader,
  scopes: readonly Scope[],
): Promise<FeedPositions> {
  const ends = await Promise.all(
    scopes.map(async (scope) => [scope.key, positionAfter(await journal.lastSeq(scope))] as const),
  );
  return new Map(ends);
}
