import type { Scope } from './model.ts';

/** What is watched. The watcher stores it for the view, the doctor and its own cold starts. */
export interface WatchList {
  readonly scopes: readonly WatchedScope[];
  /** Account → its regions, where the configuration names none of them. */
  readonly regions: Readonly<Record<string, KnownRegions>>;
}

/** A scope without its list of instances: it may be long, and no reader needs it. */
export type WatchedScope = Omit<Scope, 'instanceIds'>;

/** The regions that DescribeRegions has listed for an account. */
export interface KnownRegions {
  readonly ids: readonly string[];
  readonly listedAtMs: number;
}

export const EMPTY_WATCH_LIST: WatchList = { scopes: [], regions: {} };

/** Do two lists say the same? The key of a scope says everything of it. */
export function isSameWatchList(one: WatchList, other: WatchList): boolean {
  return wordsOf(one) === wordsOf(other);
}

function wordsOf({ scopes, regions }: WatchList): string {
  const known = Object.entries(regions).map(([account, { ids, listedAtMs }]) => {
    return [account, ids, listedAtMs];
  });
  return JSON.stringify([scopes.map(({ key, isDiscovered }) => [key, isDiscovered]), known.sort()]);
}
