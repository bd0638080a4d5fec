import type { Instance, Snapshot } from '../../core/model.ts';
import { type InstanceFilter, instanceMatcher } from './filter.ts';

/** What differs of one instance between two moments. */
export interface Difference {
  readonly scope: string;
  readonly instanceId: string;
  /** Null: it was not there. */
  readonly from: string | null;
  /** Null: it is gone. */
  readonly to: string | null;
  /** As it was known last. */
  readonly instance: Instance;
}

/**
 * The instances of a scope whose status differs between two moments, in the order of their ids. What
 * happened in between, and came to nothing, is in `/changes`.
 */
export function differencesBetween(
  scope: string,
  before: Snapshot,
  after: Snapshot,
  filter: InstanceFilter,
): readonly Difference[] {
  const isWanted = instanceMatcher(filter);
  const ids = new Set([...before.instances.keys(), ...after.instances.keys()]);
  return [...ids].sort().flatMap((instanceId) => {
    const earlier = before.instances.get(instanceId);
    const later = after.instances.get(instanceId);
    const instance = later ?? earlier;
    if (instance === undefined || earlier?.status === later?.status) return [];
    if (!isWanted(instanceId, instance)) return [];
    const [from, to] = [earlier?.status ?? null, later?.status ?? null];
    return [{ scope, instanceId, from, to, instance }];
  });
}
