import { withDetails } from '../../shared/core/details.ts';
import { type Commit, detailsOf, type Instance, type Snapshot } from '../../shared/core/model.ts';

/**
 * The snapshot before a commit, from the one after it and the commit alone: each change, and each
 * change of details, says what was before.
 */
export function walkBack(
  { seq, instances, released, baselined }: Snapshot,
  commit: Commit,
): Snapshot {
  const before = new Map(instances);
  const releasedBefore = new Map(released);
  for (const change of commit.changes.toReversed()) {
    const { instanceId: id, from, to, returned, fromSinceMs = 0, fromSinceKnown } = change;
    const sinceKnown = fromSinceKnown ?? false;
    if (to === null) releasedBefore.delete(id);
    if (returned === true) releasedBefore.set(id, fromSinceMs);
    if (from === null) before.delete(id);
    else {
      const known: Partial<Instance> = to === null ? detailsOf(change) : { ...before.get(id) };
      before.set(id, { ...known, status: from, sinceMs: fromSinceMs, sinceKnown });
    }
  }
  for (const { instanceId: id, before: own, after } of (commit.details ?? []).toReversed()) {
    const instance = before.get(id);
    const back = { instanceId: id, before: after, after: own };
    if (instance !== undefined) before.set(id, withDetails(instance, back));
  }
  return { seq: seq - 1, baselined, instances: before, released: releasedBefore };
}
