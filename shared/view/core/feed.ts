import { appearanceOf } from '../../core/appearance.ts';
import type { Change, Commit, DetailsChange, Notice } from '../../core/model.ts';

/** The journal as a stream of items that can be read in both directions from any position. */
export type Item = NewsItem | DetailsItem;

/** What people want to know. */
export type NewsItem = ChangeItem | NoticeItem;

export interface ChangeItem {
  readonly kind: 'change';
  readonly commit: Commit;
  /** Its index among the items of its commit. */
  readonly index: number;
  readonly change: Change;
}

export interface NoticeItem {
  readonly kind: 'notice';
  readonly commit: Commit;
  readonly index: number;
  readonly notice: Notice;
}

/** Other details of an instance that is known. Who follows the fleet needs them; they are no news. */
export interface DetailsItem {
  readonly kind: 'details';
  readonly commit: Commit;
  readonly index: number;
  readonly change: DetailsChange;
}

/** A point between two items: after the first `items` items of commit `seq`. */
export interface FeedPosition {
  readonly seq: number;
  readonly items: number;
}

/** Scope key → position. A scope that is missing is at the beginning. */
export type FeedPositions = ReadonlyMap<string, FeedPosition>;

export type Direction = 'newer' | 'older';

export const BEGINNING: FeedPosition = { seq: 1, items: 0 };

/** The position after everything up to commit `seq`. */
export function positionAfter(seq: number): FeedPosition {
  return { seq: seq + 1, items: 0 };
}

/**
 * The items of a commit that are news: a notice, or changes. The thousands of instances of a
 * baseline did not change, so the whole baseline is one notice, given with its last row.
 */
export function newsOf(commit: Commit): readonly NewsItem[] {
  const { notice } = commit;
  if (notice === undefined) return changesOf(commit);
  return notice.kind === 'baseline' && !notice.last
    ? []
    : [{ kind: 'notice', commit, index: 0, notice }];
}

/** The same, and behind them the details that changed: a position is the same place in both lists. */
export function newsAndDetailsOf(commit: Commit): readonly Item[] {
  const news = newsOf(commit);
  const details = (commit.details ?? []).map((change, place): DetailsItem => {
    return { kind: 'details', commit, index: news.length + place, change };
  });
  return [...news, ...details];
}

/** All changes of a commit as items, those of a baseline included: the history of instances. */
export function changesOf(commit: Commit): readonly ChangeItem[] {
  return commit.changes.map((change, index) => ({ kind: 'change', commit, index, change }));
}

/**
 * Does nothing of this instance precede the change? An id is never given twice, so only an instance
 * that ECS had not shown for a while appears again.
 */
export function isFirstSight({ commit, change }: ChangeItem): boolean {
  const { notice } = commit;
  // A baseline that replaces a damaged snapshot is not the first sight of what the journal names.
  const isAgain = notice?.kind === 'baseline' && notice.since !== undefined;
  return appearanceOf(commit, change) === 'new' && !isAgain;
}

/** The items of one commit beyond a position, in the order of reading. */
export function itemsBeyond<T extends Item>(
  items: readonly T[],
  { seq }: Commit,
  start: FeedPosition,
  direction: Direction,
): readonly T[] {
  if (direction === 'newer') return seq === start.seq ? items.slice(start.items) : items;
  return (seq === start.seq ? items.slice(0, start.items) : items).toReversed();
}

/** The position that is reached when a whole commit has been read. */
export function positionBeyond({ seq }: Commit, direction: Direction): FeedPosition {
  return direction === 'newer' ? positionAfter(seq) : { seq, items: 0 };
}

/** The items found in one scope's journal, in the order of reading. */
export interface ScopeItems<T extends Item = Item> {
  readonly items: readonly T[];
  /** How far the journal was read: there is nothing else to find before this position. */
  readonly reached: FeedPosition;
  /** The journal ends at `reached`. */
  readonly isEnd: boolean;
}

export interface FeedPage<T extends Item = Item> {
  readonly items: readonly T[];
  /** The position to go on from in each scope that was read. */
  readonly positions: FeedPositions;
  readonly isEnd: boolean;
}

/**
 * The first `limit` items over several scopes by time. The order within a scope is the journal's,
 * even where the clocks of the writers disagreed.
 */
export function mergeByTime<T extends Item>(
  found: ReadonlyMap<string, ScopeItems<T>>,
  direction: Direction,
  limit: number,
): FeedPage<T> {
  const taken = new Map([...found.keys()].map((scope) => [scope, 0]));
  const items: T[] = [];
  while (items.length < limit) {
    const next = nextItem(found, taken, direction);
    if (next === undefined) break;
    items.push(next);
    taken.set(next.commit.scope, (taken.get(next.commit.scope) ?? 0) + 1);
  }
  const remaining = [...found].map(([scope, { items: all, reached, isEnd }]) => {
    const untaken = all[taken.get(scope) ?? 0];
    const position = untaken === undefined ? reached : positionBefore(untaken, direction);
    return { scope, position, isEnd: untaken === undefined && isEnd };
  });
  return {
    items,
    positions: new Map(remaining.map(({ scope, position }) => [scope, position])),
    isEnd: remaining.every(({ isEnd }) => isEnd),
  };
}

function nextItem<T extends Item>(
  found: ReadonlyMap<string, ScopeItems<T>>,
  taken: ReadonlyMap<string, number>,
  direction: Direction,
): T | undefined {
  const sign = direction === 'newer' ? 1 : -1;
  let next: T | undefined;
  for (const [scope, { items }] of found) {
    const item = items[taken.get(scope) ?? 0];
    if (item === undefined) continue;
    if (next === undefined || sign * (item.commit.atMs - next.commit.atMs) < 0) next = item;
  }
  return next;
}

/** The position from which an item is the next one to be read. */
function positionBefore(item: Item, direction: Direction): FeedPosition {
  const { commit, index } = item;
  if (direction === 'newer') return { seq: commit.seq, items: index };
  // The same place; without a number of items, more of them fit into a cursor.
  return isLast(item) ? positionAfter(commit.seq) : { seq: commit.seq, items: index + 1 };
}

/** Is nothing of its commit behind an item? */
function isLast(item: Item): boolean {
  const { changes, details = [] } = item.commit;
  if (item.kind === 'details') return item.change === details.at(-1);
  return details.length === 0 && (item.kind === 'notice' || item.index + 1 === changes.length);
}
