import type { Scope } from '../../core/model.ts';
import { own } from '../../core/own.ts';
import { allowedRegions, unmatchedPatterns } from '../../core/region-pattern.ts';
import { scopesOf, type Target } from '../../core/target.ts';
import type { KnownRegions, WatchList } from '../../core/watch-list.ts';

/** How old a list of regions may become. Alibaba Cloud opens a few regions a year. */
const RELIST_MS = 60 * 60 * 1000;

export function isListingDue({ listedAtMs }: KnownRegions, nowMs: number): boolean {
  const ageMs = nowMs - listedAtMs;
  // A clock that was ahead leaves a time in the future, which would be waited for.
  return ageMs < 0 || ageMs >= RELIST_MS;
}

/** The accounts whose regions the configuration does not name. */
export function accountsToList(targets: readonly Target[]): readonly string[] {
  const accounts = targets.flatMap(({ account, regions }) => (regions === 'all' ? [account] : []));
  return [...new Set(accounts)];
}

/** What a list of regions says about an account, and what there is to note about it. */
export interface Relisted {
  readonly known: KnownRegions;
  readonly notes: readonly string[];
}

/**
 * The regions known after DescribeRegions has answered. A region that it lists no longer is still
 * watched: one short answer must not hide a fleet, and only a scan can say what became of it.
 */
export function regionsAfter(
  account: string,
  before: KnownRegions | undefined,
  listed: readonly string[],
  nowMs: number,
): Relisted {
  const known = {
    ids: [...new Set([...(before?.ids ?? []), ...listed])].sort(),
    listedAtMs: nowMs,
  };
  const added = before === undefined ? [] : listed.filter((id) => !before.ids.includes(id));
  const missing = known.ids.filter((id) => !listed.includes(id));
  const notes = [
    ...added.map((id) => `${account}: ${id} is a new region, and is watched from the next tick on`),
    ...missing.map(
      (id) =>
        `${account}: DescribeRegions no longer lists ${id}. It is watched all the same, and nothing ` +
        'in it counts as released: deny the region if it is gone',
    ),
  ];
  return { known, notes };
}

/** The scopes of all targets, as far as their regions are known. */
export interface FoundScopes {
  readonly scopes: readonly Scope[];
  /** Account → why it is not watched, or not all of it. */
  readonly problems: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** `failures`: account → why its regions could not be listed. */
export function findScopes(
  targets: readonly Target[],
  { regions, scopes: watched }: WatchList,
  failures: ReadonlyMap<string, string>,
): FoundScopes {
  const found = targets.map((target): FoundScopes => {
    const { account } = target;
    if (target.regions !== 'all') return onlyScopes(scopesOf(target, target.regions));
    const known = own(regions, account);
    if (known !== undefined) return ofKnown(target, known.ids);
    const reason = `its regions could not be listed: ${failures.get(account)}`;
    const before = watched.filter((scope) => scope.account === account);
    // Until now the configuration named them: they are watched until the others are known.
    const ids = allowedRegions(target, [...new Set(before.map(({ regionId }) => regionId))]);
    const problem =
      ids.length === 0 ? reason : `${reason}; only ${ids.join(', ')} watched meanwhile`;
    return { scopes: scopesOf(target, ids), problems: new Map([[account, problem]]), notes: [] };
  });
  const byKey = new Map(found.flatMap(({ scopes }) => scopes.map((scope) => [scope.key, scope])));
  return {
    scopes: [...byKey.values()],
    problems: new Map(found.flatMap(({ problems }) => [...problems])),
    notes: found.flatMap(({ notes }) => notes),
  };
}

function ofKnown(target: Target, known: readonly string[]): FoundScopes {
  const { account } = target;
  const ids = allowedRegions(target, known);
  const notes = unmatchedPatterns(target, known).map(
    (pattern) => `${account}: ${pattern} is allowed or denied, but matches no region`,
  );
  const nothing = 'no region is left to watch: see what is allowed and denied';
  return {
    scopes: scopesOf(target, ids),
    problems: new Map(ids.length === 0 ? [[account, nothing]] : []),
    notes,
  };
}

function onlyScopes(scopes: readonly Scope[]): FoundScopes {
  return { scopes, problems: new Map(), notes: [] };
}
