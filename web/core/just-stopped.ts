import type { ChangeJson } from '../../shared/view/core/feed.ts';
import type { Fleet } from './fleet.ts';

/** A stop that is older is known to whoever is on call. */
const LATELY_MS = 60 * 60 * 1000;

/** How many instances stopped lately, and still are. `changes`: the newest first. */
export function justStopped(fleet: Fleet, changes: readonly ChangeJson[], nowMs: number): number {
  const stopped = new Set<string>();
  for (const { at, to, instanceId } of changes) {
    if (Date.parse(at) < nowMs - LATELY_MS) break;
    if (to === 'Stopped' && fleet.get(instanceId)?.instance.status === 'Stopped') {
      stopped.add(instanceId);
    }
  }
  return stopped.size;
}
