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
 * The most commits that one request reads of all its scopes. A rare item in a long journal costs the
 * caller a further request instead of a slow one.
 */
const MAX_COMMITS_PER_FEED = 10_000;
/** The most of one scope, and what each has where there are many. */
const MAX_COMMITS_PER_SCOPE = 2_000;
const MIN_COMMITS_PER_SCOPE = 10;
const MAX_COMMITS_PER_READ = 200;
/** How much longer a read is than the one before, which held too little. */
const READ_GROWTH = 4;

/** The most commits that are read of each of so many scopes. */
export function commitsOfEach(scopes: number): number {
  const share = Math.floor(MAX_COMMITS_PER_FEED / Math.max(1, scopes));
  return Math.min(MAX_COMMITS_PER_SCOPE, Math.max(MIN_COMMITS_PER_SCOPE, share));
}

/**
 * The next items of several journals by time, at most `limit` of them.
 *
 * @param most the commits that may be read of each scope, where it is searched beside others
 */
export async function readFeed<T extends Item>(
  journal: JournalReader,
  scopes: readonly Scope[],
  positions: FeedPositions,
  query: FeedQuery<T>,
  most = commitsOfEach(scopes.length),
): Promise<FeedPage<T>> {
  const { direction, limit } = query;
  // Together the first reads hold about as many items as are wanted, and seldom all from one scope.
  const first = Math.ceil(limit / Math.max(1, scopes.length)) + 1;
  const searches = scopes.map((scope) => {
    const reached = positions.get(scope.key) ?? BEGINNING;
    return { scope, items: [], reached, isEnd: false, read: 0, most, size: first };
  });
  let found = new Map<string, Search<T>>(searches.map((search) => [search.scope.key, search]));
  while (true) {
    const page = mergeByTime(found, direction, limit);
    const short = [...found.values()].filter((search) => isShort(search, page));
    if (short.length === 0) return page;
    const further = await Promise.all(short.map((search) => readItems(journal, search, query)));
    found = new Map([...found, ...further.map((search) => [search.scope.key, search] as const)]);
  }
}

/** A scope's journal as far as it was read. */
interface Search<T extends Item> extends ScopeItems<T> {
  readonly scope: Scope;
  /** Commits that were read, may be read, and are to be read next. */
  readonly read: number;
  readonly most: number;
  readonly size: number;
}

/** Were all its items taken, so that the next one of the page may be one that was not read yet? */
function isShort<T extends Item>(
  { scope, reached, isEnd, read, most }: Search<T>,
  { positions }: FeedPage<T>,
): boolean {
  return !isEnd && read < most && positions.get(scope.key) === reached;
}

/** Reads on until there is a further item. */
async function readItems<T extends Item>(
  journal: JournalReader,
  { scope, items: known, reached: start, read: before, most, size: wanted }: Search<T>,
  { direction, itemsOf, isWanted, isLast }: FeedQuery<T>,
): Promise<Search<T>> {
  const items = [...known];
  let reached = start;
  let read = before;
  let size = wanted;
  while (read < most && items.length === known.length) {
    size = Math.min(size, MAX_COMMITS_PER_READ, most - read);
    const commits = await readBeyond(journal, scope, reached, direction, size);
    read += commits.length;
    for (const commit of commits) {
      items.push(...itemsBeyond(itemsOf(commit), commit, reached, direction).filter(isWanted));
      reached = positionBeyond(commit, direction);
      const latest = items.at(-1);
      if (latest !== undefined && isLast?.(latest)) {
        return { scope, items, reached, isEnd: true, read, most, size };
      }
    }
    if (commits.length < size) return { scope, items, reached, isEnd: true, read, most, size };
    size *= READ_GROWTH;
  }
  return { scope, items, reached, isEnd: false, read, most, size };
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
