import type { CallTotals, Health } from '../../core/health.ts';
import type { Instance, Scope, Snapshot } from '../../core/model.ts';
import { type Filter, isInScope, rowMatcher } from './filter.ts';
import type { Freshness } from './freshness.ts';
import { byKey } from './instance-order.ts';
import type { InstanceRow } from './instance-row.ts';
import { perSnapshot } from './per-snapshot.ts';

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

/** The instances that a filter allows, scope by scope, each in the order of ids. */
export function filterInstances(
  fleet: readonly ScopeView[],
  filter: Filter,
  nowMs: number,
): readonly InstanceRow[] {
  const isWanted = rowMatcher(filter, nowMs);
  return fleet
    .filter(({ scope }) => isInScope(filter, scope))
    .flatMap(({ scope, snapshot }) => rowsOf(snapshot, scope).filter(isWanted));
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
