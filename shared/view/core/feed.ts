import { type EventChange, eventChange, eventDataOf } from '../../core/event-json.ts';
import { type Change, type Commit, detailsOf, type Notice, type Scope } from '../../core/model.ts';
import { cleanText } from '../../core/text.ts';

/** The journal as a stream of items, which can be read onwards and backwards from any place. */
export type Item = ChangeItem | NoticeItem;

export interface ChangeItem {
  readonly kind: 'change';
  readonly commit: Commit;
  /** Its place among the items of its commit. */
  readonly index: number;
  readonly change: Change;
}

export interface NoticeItem {
  readonly kind: 'notice';
  readonly commit: Commit;
  readonly index: number;
  readonly notice: Notice;
}

/** A point between two items: behind the first `items` items of commit `seq`. */
export interface FeedPosition {
  readonly seq: number;
  readonly items: number;
}

/** Scope key → place; a scope that is missing stands at the beginning. */
export type FeedPositions = ReadonlyMap<string, FeedPosition>;

export type Direction = 'newer' | 'older';

export const BEGINNING: FeedPosition = { seq: 1, items: 0 };

/** The place behind everything up to commit `seq`. */
export function positionAfter(seq: number): FeedPosition {
  return { seq: seq + 1, items: 0 };
}

/**
 * The items of a commit that are news: a notice, or changes. The thousands of instances that a
 * baseline meets did not change, so it is told as one notice, with its last row.
 */
export function newsOf(commit: Commit): readonly Item[] {
  const { notice } = commit;
  if (notice === undefined) return changesOf(commit);
  return notice.kind === 'baseline' && !notice.last
    ? []
    : [{ kind: 'notice', commit, index: 0, notice }];
}

/** All changes of a commit as items, those of a baseline included: the history of instances. */
export function changesOf(commit: Commit): readonly ChangeItem[] {
  return commit.changes.map((change, index) => ({ kind: 'change', commit, index, change }));
}

/** The items of one commit that lie beyond a place, in the order in which they are met. */
export function itemsBeyond<T extends Item>(
  items: readonly T[],
  { seq }: Commit,
  from: FeedPosition,
  direction: Direction,
): readonly T[] {
  if (direction === 'newer') return seq === from.seq ? items.slice(from.items) : items;
  return (seq === from.seq ? items.slice(0, from.items) : items).toReversed();
}

/** The place that is reached when a whole commit has been read. */
export function positionBeyond({ seq }: Commit, direction: Direction): FeedPosition {
  return direction === 'newer' ? positionAfter(seq) : { seq, items: 0 };
}

/** What was found in one scope's journal, in the order in which it was met. */
export interface ScopeItems<T extends Item = Item> {
  readonly items: readonly T[];
  /** How far the journal was read: there is nothing else to find before this place. */
  readonly reached: FeedPosition;
  /** The journal ends there. */
  readonly isEnd: boolean;
}

export interface FeedPage<T extends Item = Item> {
  readonly items: readonly T[];
  /** Where to go on in each scope that was read. */
  readonly positions: FeedPositions;
  readonly isEnd: boolean;
}

/**
 * The first `limit` items over several scopes by time. The order within a scope is the journal's,
 * whatever the clocks of the writers said.
 */
export function mergeByTime<T extends Item>(
  stretches: ReadonlyMap<string, ScopeItems<T>>,
  direction: Direction,
  limit: number,
): FeedPage<T> {
  const taken = new Map([...stretches.keys()].map((scope) => [scope, 0]));
  const items: T[] = [];
  while (items.length < limit) {
    const next = nextItem(stretches, taken, direction);
    if (next === undefined) break;
    items.push(next);
    taken.set(next.commit.scope, (taken.get(next.commit.scope) ?? 0) + 1);
  }
  const left = [...stretches].map(([scope, stretch]) => {
    const untaken = stretch.items[taken.get(scope) ?? 0];
    const place = untaken === undefined ? stretch.reached : positionBefore(untaken, direction);
    return { scope, place, isEnd: untaken === undefined && stretch.isEnd };
  });
  return {
    items,
    positions: new Map(left.map(({ scope, place }) => [scope, place])),
    isEnd: left.every(({ isEnd }) => isEnd),
  };
}

function nextItem<T extends Item>(
  stretches: ReadonlyMap<string, ScopeItems<T>>,
  taken: ReadonlyMap<string, number>,
  direction: Direction,
): T | undefined {
  const sign = direction === 'newer' ? 1 : -1;
  let next: T | undefined;
  for (const [scope, { items }] of stretches) {
    const item = items[taken.get(scope) ?? 0];
    if (item === undefined) continue;
    if (next === undefined || sign * (item.commit.atMs - next.commit.atMs) < 0) next = item;
  }
  return next;
}

/** The place from which an item is the next one to be met. */
function positionBefore({ commit, index }: Item, direction: Direction): FeedPosition {
  return { seq: commit.seq, items: direction === 'newer' ? index : index + 1 };
}

/** A change as the view tells it: as the webhook does, with its commit's facts beside it. */
export interface ChangeJson extends EventChange {
  readonly scope: string;
  readonly seq: number;
  readonly at: string;
  readonly previousAt: string | null;
  /** Nothing happened then: the instance was there when watching began. */
  readonly baseline?: true;
}

export function changeJson({ commit, change, index }: ChangeItem): ChangeJson {
  const { id, ...rest } = eventChange(commit, change, index);
  const { scope, seq, at, previousAt } = eventDataOf({ ...commit, changes: [] });
  const isBaseline = commit.notice?.kind === 'baseline';
  return { id, scope, seq, at, previousAt, ...rest, ...(isBaseline && { baseline: true }) };
}

/** The items for programs: changes, and apart from them the notices with the same facts. */
export function itemsJson(items: readonly Item[]): {
  readonly changes: readonly ChangeJson[];
  readonly notices: readonly object[];
} {
  return {
    changes: items.filter((item) => item.kind === 'change').map(changeJson),
    notices: items
      .filter((item) => item.kind === 'notice')
      .map(({ commit }) => ({ id: `${commit.scope}/${commit.seq}`, ...eventDataOf(commit) })),
  };
}

/** What is left of an instance that was released. */
export function releaseJson(
  { key, regionId }: Scope,
  { commit, change }: ChangeItem,
): { readonly text: string; readonly instance: object } {
  const { instanceId, from, ...details } = change;
  const { at, previousAt } = eventDataOf({ ...commit, changes: [] });
  const window = previousAt === null ? `before ${at}` : `between ${previousAt} and ${at}`;
  const status = cleanText(from ?? 'unknown');
  return {
    text: `${cleanText(instanceId)} was released ${window}; its last status was ${status}`,
    instance: {
      instanceId,
      scope: key,
      region: regionId,
      lastStatus: from,
      releasedAt: at,
      releasedAfter: previousAt,
      ...detailsOf(details),
    },
  };
}
