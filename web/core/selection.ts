import type { Scope } from '../../shared/core/model.ts';
import { allows, type Filter, isInScope, matchesInstance } from '../../shared/view/core/filter.ts';
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
  return rows.filter((row) => isWanted(row, filter, nowMs));
}

function isWanted(row: InstanceRow, filter: Filter, nowMs: number): boolean {
  const { scope, regionId, instanceId, instance } = row;
  const { statuses, stoppedForMs } = filter;
  const [account = ''] = scope.split('/');
  const isLongStopped =
    instance.status === 'Stopped' && nowMs - instance.sinceMs >= (stoppedForMs ?? 0);
  return (
    isInScope(filter, { key: scope, account, regionId }) &&
    allows(statuses, instance.status.toLowerCase()) &&
    (stoppedForMs === null || isLongStopped) &&
    matchesInstance(filter, instanceId, instance)
  );
}
