import type { ScopeView } from './fleet.ts';
import { filterInstances } from './fleet.ts';
import { instanceJson } from './fleet-json.ts';
import { byKey, sorted } from './instance-order.ts';
import type { InstanceRow } from './instance-row.ts';
import { indented, pretty } from './json-text.ts';
import { csv, ndjson, withFields } from './listing.ts';
import type { InstancesQuery } from './queries/instances.ts';
import { countStatuses } from './status-counts.ts';

/** The instances that a query asks for, in its order. */
export interface InstanceList {
  readonly rows: readonly InstanceRow[];
  /** Status → number of instances. */
  readonly counts: Readonly<Record<string, number>>;
}

export function listOf(
  views: readonly ScopeView[],
  { filter, sort, judgedAtMs }: Pick<InstancesQuery, 'filter' | 'sort' | 'judgedAtMs'>,
): InstanceList {
  const all = filterInstances(views, filter, judgedAtMs);
  const counts = countStatuses(all.map(({ instance }) => instance));
  return { rows: sorted(all, sort), counts: Object.fromEntries(counts) };
}

/** How many rows come before a page. */
export function offsetAfter(rows: readonly InstanceRow[], after: InstancesQuery['after']): number {
  if (typeof after === 'number') return after;
  return rows.filter((row) => byKey(row, after) <= 0).length;
}

/** A page in its format; as JSON, it is the value of a member. */
export function pageText(
  rows: readonly InstanceRow[],
  { fields, format }: Pick<InstancesQuery, 'fields' | 'format'>,
): string {
  const objects = rows.map((row) => withFields(instanceJson(row), fields));
  switch (format) {
    case 'json':
      return indented(pretty(objects));
    case 'ndjson':
      return ndjson(objects);
    case 'csv':
      return csv(objects, fields);
  }
}
