import type { Health } from '../../core/health.ts';
import { detailsOf, type Instance, type Scope, type Snapshot } from '../../core/model.ts';
import { isoTime } from '../../core/time.ts';
import type { Freshness } from './freshness.ts';

/** One scope of the fleet as the journal has it, and how fresh that is. */
export interface ScopeView {
  readonly scope: Scope;
  readonly snapshot: Snapshot;
  /** Undefined before the first tick. */
  readonly health: Health | undefined;
  readonly freshness: Freshness;
}

/** The position of an instance in every order that is offered. */
export interface InstanceKey {
  readonly scope: string;
  readonly instanceId: string;
  readonly sinceMs: number;
}

export interface InstanceRow extends InstanceKey {
  readonly regionId: string;
  readonly instance: Instance;
}

/** The wanted instances; an empty set or text allows every value. Texts are in lower case. */
export interface Filter {
  readonly scopes: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
  readonly statuses: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly zones: ReadonlySet<string>;
  readonly resourceGroups: ReadonlySet<string>;
  /** A part of the name. */
  readonly name: string;
  /** A part of the name, the id or an address. */
  readonly text: string;
}

export function isInScope(
  { scopes, accounts, regions }: Pick<Filter, 'scopes' | 'accounts' | 'regions'>,
  { key, account, regionId }: Scope,
): boolean {
  return allows(scopes, key) && allows(accounts, account) && allows(regions, regionId);
}

/** The instances that a filter allows, in no particular order. */
export function filterInstances(
  fleet: readonly ScopeView[],
  filter: Filter,
): readonly InstanceRow[] {
  return fleet
    .filter(({ scope }) => isInScope(filter, scope))
    .flatMap(({ scope, snapshot }) =>
      [...snapshot.instances]
        .filter(([instanceId, instance]) => isMatch(filter, instanceId, instance))
        .map(([instanceId, instance]) => rowOf(scope, instanceId, instance)),
    );
}

/** The instance of this id, and its scope. */
export function findInstance(
  fleet: readonly ScopeView[],
  instanceId: string,
): { readonly view: ScopeView; readonly instance: InstanceRow } | undefined {
  for (const view of fleet) {
    const instance = view.snapshot.instances.get(instanceId);
    if (instance !== undefined) {
      return { view, instance: rowOf(view.scope, instanceId, instance) };
    }
  }
  return undefined;
}

function rowOf({ key, regionId }: Scope, instanceId: string, instance: Instance): InstanceRow {
  return { scope: key, regionId, instanceId, sinceMs: instance.sinceMs, instance };
}

function isMatch(filter: Filter, instanceId: string, instance: Instance): boolean {
  const { statuses, ids, zones, resourceGroups, name, text } = filter;
  return (
    allows(statuses, instance.status.toLowerCase()) &&
    allows(ids, instanceId) &&
    allows(zones, instance.zoneId ?? '') &&
    allows(resourceGroups, instance.resourceGroupId ?? '') &&
    (name === '' || (instance.name ?? '').toLowerCase().includes(name)) &&
    (text === '' || textsOf(instanceId, instance).some((own) => own.toLowerCase().includes(text)))
  );
}

/** An empty set allows every value. */
export function allows(wanted: ReadonlySet<string>, value: string): boolean {
  return wanted.size === 0 || wanted.has(value);
}

function textsOf(instanceId: string, instance: Instance): readonly string[] {
  const { name = '', privateIps = [], publicIps = [] } = instance;
  return [instanceId, name, ...privateIps, ...publicIps];
}

type Order = (one: InstanceKey, other: InstanceKey) => number;

/** For programs: an instance never moves in this order, so paging gives each survivor once. */
export const byKey: Order = (one, other) =>
  compare(one.scope, other.scope) || compare(one.instanceId, other.instanceId);

/**
 * For people, the latest change first. An instance moves in this order only when it changes, and
 * then to the front, where people look for news.
 */
export const byRecency: Order = (one, other) => other.sinceMs - one.sinceMs || byKey(one, other);

function compare(one: string, other: string): number {
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

/** Status → number of instances, the most frequent status first. */
export function countStatuses(all: Iterable<Instance>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of all) counts.set(status, (counts.get(status) ?? 0) + 1);
  return new Map(
    [...counts].sort(([one, many], [other, few]) => few - many || compare(one, other)),
  );
}

/** A scope for programs. */
export function scopeJson({ scope, snapshot, freshness }: ScopeView): object {
  const { seq, instances } = snapshot;
  return { scope: scope.key, region: scope.regionId, seq, ...freshness, instances: instances.size };
}

/** An instance for programs. */
export function instanceJson({ scope, regionId, instanceId, instance }: InstanceRow): object {
  const { status, sinceMs, sinceKnown = false } = instance;
  const since = { since: isoTime(sinceMs), sinceKnown };
  return { instanceId, scope, region: regionId, status, ...since, ...detailsOf(instance) };
}
