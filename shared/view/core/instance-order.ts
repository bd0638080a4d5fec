import type { InstanceKey, InstanceRow } from './instance-row.ts';

export type Order = (one: InstanceKey, other: InstanceKey) => number;

/** For programs: an instance never moves in this order, so paging gives each survivor once. */
export const byKey: Order = (one, other) =>
  compare(one.scope, other.scope) || compare(one.instanceId, other.instanceId);

/**
 * For people, the latest change first. An instance moves in this order only when it changes, and
 * then to the front, where people look for news.
 */
export const byRecency: Order = (one, other) => other.sinceMs - one.sinceMs || byKey(one, other);

/** What instances can be sorted by. Equal ones are in the order of `byKey`. */
const SORT_KEYS = {
  name: ({ instance }: InstanceRow) => instance.name ?? '',
  status: ({ instance }: InstanceRow) => instance.status,
  type: ({ instance }: InstanceRow) => instance.instanceType ?? '',
  zone: ({ instance }: InstanceRow) => instance.zoneId ?? '',
  since: ({ sinceMs }: InstanceRow) => sinceMs,
} as const;
type SortKey = keyof typeof SORT_KEYS;
export const SORT_CHOICES: readonly string[] = Object.keys(SORT_KEYS).flatMap((key) => [
  key,
  `-${key}`,
]);

/** `sort`: one of `SORT_CHOICES`; `-` is for the other direction. Anything else: by key. */
export function sorted(rows: readonly InstanceRow[], sort: string): readonly InstanceRow[] {
  const isDescending = sort.startsWith('-');
  const key = isDescending ? sort.slice(1) : sort;
  if (!isSortKey(key)) return rows.toSorted(byKey);
  const of = SORT_KEYS[key];
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((one, other) => sign * compare(of(one), of(other)) || byKey(one, other));
}

function isSortKey(key: string): key is SortKey {
  return Object.hasOwn(SORT_KEYS, key);
}

export function compare<T extends string | number>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export interface InstancePage {
  readonly rows: readonly InstanceRow[];
  /** The last row's key when others follow. */
  readonly next: InstanceRow | undefined;
}

/** The first `limit` instances after `after` in an order. */
export function pageOf(
  all: readonly InstanceRow[],
  order: Order,
  after: InstanceKey | undefined,
  limit: number,
): InstancePage {
  const rest = after === undefined ? all : all.filter((candidate) => order(candidate, after) > 0);
  const rows = rest.toSorted(order).slice(0, limit);
  return { rows, next: rest.length > limit ? rows.at(-1) : undefined };
}
