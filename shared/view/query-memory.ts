import type { Snapshot } from '../core/model.ts';
import { recent } from '../lib/recent.ts';
import type { ScopeView } from './core/fleet.ts';
import { type InstanceList, listOf, pageText } from './core/instance-list.ts';
import type { InstancesQuery } from './core/queries/instances.ts';

/**
 * What a warm function has made for the last few queries. A snapshot never changes, so that what was
 * made of one is good as long as it is the newest: a list is filtered and sorted, and a page of it
 * encoded, once a commit.
 */
export interface QueryMemory {
  list(views: readonly ScopeView[], query: InstancesQuery): InstanceList;
  /** The page of `list` from `offset` on, as text. */
  page(views: readonly ScopeView[], query: InstancesQuery, offset: number): string;
}

const MAX_LISTS = 100;
/**
 * Of all lists together. A row is a reference of 8 bytes to a row of the newest snapshot, about 2 MB in
 * all; lists of older snapshots keep those rows in memory as well, which doubles it at most.
 */
const MAX_ROWS = 200_000;
const MAX_PAGES = 200;
/** Up to 32 MB of a function of 512 MB: a dump of 10,000 instances has 4 million characters. */
const MAX_CHARS = 16_000_000;

export function queryMemory(): QueryMemory {
  const nameOf = namesOfSnapshots();
  const lists = recent<InstanceList>({
    entries: MAX_LISTS,
    weight: MAX_ROWS,
    weightOf: ({ rows }) => rows.length,
  });
  const pages = recent<string>({
    entries: MAX_PAGES,
    weight: MAX_CHARS,
    weightOf: ({ length }) => length,
  });

  const keyOf = (
    views: readonly ScopeView[],
    { identity, filter, judgedAtMs }: InstancesQuery,
  ): string => {
    // Durations are judged by a time, and the list is that of this time only.
    const time = filter.stoppedForMs === null ? null : judgedAtMs;
    return JSON.stringify([identity, time, views.map(({ snapshot }) => nameOf(snapshot))]);
  };
  const list: QueryMemory['list'] = (views, query) =>
    lists(keyOf(views, query), () => listOf(views, query));

  return {
    list,
    page(views, query, offset) {
      const { fields, format, limit } = query;
      const manner = JSON.stringify([[...fields].sort(), format, limit, offset]);
      return pages(`${keyOf(views, query)} ${manner}`, () =>
        pageText(list(views, query).rows.slice(offset, offset + limit), query),
      );
    },
  };
}

/** A name that no other snapshot has or will have, so that a memory need not keep the snapshot alive. */
function namesOfSnapshots(): (snapshot: Snapshot) => number {
  const names = new WeakMap<Snapshot, number>();
  let last = 0;
  return (snapshot) => {
    const known = names.get(snapshot);
    if (known !== undefined) return known;
    last += 1;
    names.set(snapshot, last);
    return last;
  };
}
