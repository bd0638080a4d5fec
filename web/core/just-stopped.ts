import { cleanName } from '../../shared/core/text.ts';
import type { ChangeJson } from '../../shared/view/core/feed-json.ts';
import { LATELY_MS } from '../../shared/view/core/verdict.ts';
import { type Fleet, rowKey } from './fleet.ts';

const MAX_NAME_LENGTH = 32;

/**
 * The names of the instances that stopped lately, and still are; the last one first. `changes`: the
 * newest first.
 */
export function justStopped(
  fleet: Fleet,
  changes: readonly ChangeJson[],
  nowMs: number,
): readonly string[] {
  const stopped = new Map<string, string>();
  for (const { at, to, scope, instanceId } of changes) {
    if (Date.parse(at) < nowMs - LATELY_MS) break;
    const instance = fleet.get(rowKey({ scope, instanceId }))?.instance;
    if (to !== 'Stopped' || instance?.status !== 'Stopped') continue;
    stopped.set(instanceId, cleanName(instance.name ?? '', MAX_NAME_LENGTH) || instanceId);
  }
  return [...stopped.values()];
}
