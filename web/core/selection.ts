import type { Scope } from '../../shared/core/model.ts';
import { type Filter, isInScope, rowMatcher } from '../../shared/view/core/filter.ts';
import { sorted } from '../../shared/view/core/instance-order.ts';
import type { InstanceRow } from '../../shared/view/core/instance-row.ts';
import { isInvalid, parameterReader } from '../../shared/view/core/parameters.ts';
import { FILTER, readFilter } from '../../shared/view/core/queries/filters.ts';
import { type Address, LATEST_FIRST } from './address.ts';

/** What an address wants to see, read by the view's own rules: both give the same rows. */
export type Choice =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export function choiceOf({ filter }: Address, scopes: readonly Scope[]): Choice {
  const read = parameterReader(FILTER, filter);
  const parsed = read.finish(readFilter(read, scopes));
  return isInvalid(parsed)
    ? { kind: 'refused', problems: parsed.problems }
    : { kind: 'filter', filter: parsed };
}

/** The rows in an order; empty: the latest change first. */
export function orderRows(rows: Iterable<InstanceRow>, sort: string): readonly InstanceRow[] {
  return sorted([...rows], sort === '' ? LATEST_FIRST : sort);
}

/** The rows that a filter allows; they stay in their order. */
export function chooseRows(
  rows: readonly InstanceRow[],
  filter: Filter,
  nowMs: number,
): readonly InstanceRow[] {
  const isWanted = rowMatcher(filter, nowMs);
  // Many rows have few scopes.
  const wantedScopes = new Map<string, boolean>();
  const isInWantedScope = ({ scope: key, regionId }: InstanceRow): boolean => {
    const known = wantedScopes.get(key);
    if (known !== undefined) return known;
    const [account = ''] = key.split('/');
    const isWantedScope = isInScope(filter, { key, account, regionId });
    wantedScopes.set(key, isWantedScope);
    return isWantedScope;
  };
  return rows.filter((row) => isInWantedScope(row) && isWanted(row));
}
