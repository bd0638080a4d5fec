import type { Scope } from './model.ts';

/** What narrows a region to a part of it. */
export interface Filters {
  readonly zoneId?: string;
  readonly clusterId?: string;
  readonly resourceGroupId?: string;
  readonly instanceIds?: readonly string[];
}

/** An account as it is configured: its regions, and what narrows each of them. */
export interface Target extends Filters {
  /** The alias of the account, e.g. `main`. */
  readonly account: string;
  readonly regions: readonly string[] | 'all';
  /** With `all` only: the regions that are watched; absent: all of them. */
  readonly allow?: readonly string[];
  /** With `all` only: the regions that are not watched. */
  readonly deny?: readonly string[];
  /**
   * What the filters add to the key of each scope. Otherwise a narrower filter would make everything
   * outside it look released. With it, a new filter starts with a baseline of its own.
   */
  readonly filterKey: readonly string[];
}

/** The scopes of a target, once its regions are known: one a region. */
export function scopesOf(
  { account, regions, filterKey, zoneId, clusterId, resourceGroupId, instanceIds }: Target,
  regionIds: readonly string[],
): readonly Scope[] {
  return regionIds.map((regionId) => ({
    key: [account, regionId, ...filterKey].join('/'),
    account,
    regionId,
    ...(regions === 'all' && { isDiscovered: true as const }),
    ...(zoneId !== undefined && { zoneId }),
    ...(clusterId !== undefined && { clusterId }),
    ...(resourceGroupId !== undefined && { resourceGroupId }),
    ...(instanceIds !== undefined && { instanceIds }),
  }));
}

/** The account and the region in the key of a scope; neither in that of the watcher's own journal. */
export function accountAndRegionIn(scopeKey: string): {
  readonly account?: string;
  readonly regionId?: string;
} {
  const [account, regionId] = scopeKey.split('/');
  return account === undefined || regionId === undefined ? {} : { account, regionId };
}

/** The scopes of the targets that list their regions. */
export function listedScopes(targets: readonly Target[]): readonly Scope[] {
  return targets.flatMap((target) =>
    target.regions === 'all' ? [] : scopesOf(target, target.regions),
  );
}
