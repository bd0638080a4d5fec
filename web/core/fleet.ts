import type { InstanceRow } from '../../shared/view/core/instance-row.ts';
import { notRunning, type StatusTotals } from '../../shared/view/core/verdict.ts';

/** `SCOPE/ID` → the row of the instance: two scopes may both watch one. */
export type Fleet = ReadonlyMap<string, InstanceRow>;

export function rowKey({ scope, instanceId }: Pick<InstanceRow, 'scope' | 'instanceId'>): string {
  return `${scope}/${instanceId}`;
}

export function fleetOf(rows: Iterable<InstanceRow>): Fleet {
  return new Map([...rows].map((row) => [rowKey(row), row]));
}

/** The row of an instance in the first of these scopes that has it. */
export function rowWithId(
  fleet: Fleet,
  scopes: readonly { readonly scope: string }[],
  instanceId: string,
): InstanceRow | undefined {
  return scopes
    .map(({ scope }) => fleet.get(rowKey({ scope, instanceId })))
    .find((row) => row !== undefined);
}

/** The fleet after some ids were read again: those that the answer did not show are gone. */
export function withReread(
  fleet: Fleet,
  ids: readonly string[],
  rows: readonly InstanceRow[],
): Fleet {
  const reread = new Set(ids);
  const others = [...fleet].filter(([, { instanceId }]) => !reread.has(instanceId));
  return new Map([...others, ...fleetOf(rows)]);
}

/** The instances of a part of the fleet by status. */
export interface Totals extends StatusTotals {
  readonly key: string;
}

export function totalsOf(rows: Iterable<InstanceRow>, key = ''): Totals {
  const statuses = new Map<string, number>();
  let total = 0;
  for (const { instance } of rows) {
    statuses.set(instance.status, (statuses.get(instance.status) ?? 0) + 1);
    total += 1;
  }
  return { key, total, statuses };
}

/** The same for the whole fleet, of which only some rows may have been read yet: the view counts the others. */
export function wholeTotals(read: {
  readonly fleet: Fleet;
  readonly isWhole: boolean;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
}): StatusTotals {
  const { fleet, isWhole, total, counts } = read;
  return isWhole ? totalsOf(fleet.values()) : { total, statuses: new Map(Object.entries(counts)) };
}

/** The same for each value that the rows have of something, those with most trouble first. */
export function totalsBy(
  rows: Iterable<InstanceRow>,
  keyOf: (row: InstanceRow) => string,
): readonly Totals[] {
  const groups = new Map<string, InstanceRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const all = [...groups].map(([key, group]) => totalsOf(group, key));
  return all.sort((one, other) => notRunning(other) - notRunning(one) || other.total - one.total);
}
