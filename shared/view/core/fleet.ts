import type { CallTotals, Health } from '../../core/health.ts';
import {
  type Details,
  detailsOf,
  type Instance,
  type Scope,
  type Snapshot,
} from '../../core/model.ts';
import { isoTime } from '../../core/time.ts';
import { allows, type Filter, isInScope, matchesInstance } from './filter.ts';
import { AGE_FIELDS, type Freshness, RESTS_FIELD } from './freshness.ts';
import { perSnapshot } from './per-snapshot.ts';
import {
  BOOLEAN,
  COUNT,
  type FieldSchemas,
  listSchema,
  mapSchema,
  named,
  objectSchema,
  TEXT,
  TIME,
} from './schema.ts';

/** One scope of the fleet as the journal has it, and how fresh that is. */
export interface ScopeView {
  readonly scope: Scope;
  readonly snapshot: Snapshot;
  /** Undefined before the first tick. */
  readonly health: Health | undefined;
  /** What its ticks have sent to ECS in all. Absent: none has stored it. */
  readonly sent?: CallTotals;
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

/** The instances that a filter allows, scope by scope, each in the order of ids. */
export function filterInstances(
  fleet: readonly ScopeView[],
  filter: Filter,
  nowMs: number,
): readonly InstanceRow[] {
  return fleet
    .filter(({ scope }) => isInScope(filter, scope))
    .flatMap(({ scope, snapshot }) =>
      rowsOf(snapshot, scope).filter(({ instanceId, instance }) =>
        isMatch(filter, instanceId, instance, nowMs),
      ),
    );
}

/** The rows of a scope in the order of ids. */
const rowsOf = perSnapshot(({ instances }, scope: Scope): readonly InstanceRow[] =>
  [...instances].map(([instanceId, instance]) => rowOf(scope, instanceId, instance)).sort(byKey),
);

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

function isMatch(filter: Filter, instanceId: string, instance: Instance, nowMs: number): boolean {
  const { statuses, stoppedForMs } = filter;
  const { status, sinceMs } = instance;
  return (
    allows(statuses, status.toLowerCase()) &&
    (stoppedForMs === null || (status === STOPPED && nowMs - sinceMs >= stoppedForMs)) &&
    matchesInstance(filter, instanceId, instance)
  );
}

const STOPPED = 'Stopped';

type Order = (one: InstanceKey, other: InstanceKey) => number;

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

function compare<T extends string | number>(one: T, other: T): number {
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
  return mostFrequentFirst(counts);
}

/** The same of several fleets together. */
export function sumCounts(
  all: readonly ReadonlyMap<string, number>[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [status, count] of all.flatMap((each) => [...each])) {
    counts.set(status, (counts.get(status) ?? 0) + count);
  }
  return mostFrequentFirst(counts);
}

function mostFrequentFirst(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(
    [...counts].sort(([one, many], [other, few]) => few - many || compare(one, other)),
  );
}

/** A scope for programs. */
export function scopeJson({ scope, snapshot, freshness }: ScopeView): object {
  const { seq, instances } = snapshot;
  return { scope: scope.key, region: scope.regionId, seq, ...freshness, instances: instances.size };
}

export const SCOPE_FIELDS = {
  scope: TEXT,
  region: TEXT,
  seq: COUNT,
  ...AGE_FIELDS,
  instances: COUNT,
};

export const SCOPE_SCHEMA = named('Scope', objectSchema(SCOPE_FIELDS, RESTS_FIELD));

/** Status → number of instances. */
export const STATUS_COUNTS_SCHEMA = mapSchema(COUNT);

/** An instance for programs. */
export function instanceJson({ scope, regionId, instanceId, instance }: InstanceRow): object {
  const { status, sinceMs, sinceKnown = false } = instance;
  const since = { since: isoTime(sinceMs), sinceKnown };
  return { instanceId, scope, region: regionId, status, ...since, ...detailsOf(instance) };
}

/** What ECS says of an instance besides its status: every field may be absent. */
export const DETAIL_FIELDS = {
  name: TEXT,
  zoneId: TEXT,
  instanceType: TEXT,
  resourceGroupId: TEXT,
  privateIps: listSchema(TEXT),
  publicIps: listSchema(TEXT),
  tags: mapSchema(TEXT),
  created: TEXT,
} as const satisfies FieldSchemas<Details>;

const STATUS_FIELDS = {
  instanceId: TEXT,
  scope: TEXT,
  region: TEXT,
  status: TEXT,
  since: TIME,
  sinceKnown: BOOLEAN,
};

export const INSTANCE_SCHEMA = named('Instance', objectSchema(STATUS_FIELDS, DETAIL_FIELDS));

/** With the parameter `fields`, any field may be missing. */
export const LISTED_INSTANCE_SCHEMA = named(
  'ListedInstance',
  objectSchema({}, { ...STATUS_FIELDS, ...DETAIL_FIELDS }),
);
