import { cleanName } from '../../core/text.ts';
import type { InstanceRow } from './instance-row.ts';
import { LATELY_MS, type NamedInstance } from './verdict.ts';

const MAX_NAME_LENGTH = 32;

/** What the sentence says of the last hour. */
export interface Lately {
  /** The instances that were seen to stop, and still are stopped; the last one first. */
  readonly justStopped: readonly NamedInstance[];
  /** For how long it is known that no other one stopped: not for longer than it was watched. */
  readonly calmMs: number;
}

export function latelyIn(
  rows: Iterable<Pick<InstanceRow, 'instanceId' | 'instance'>>,
  nowMs: number,
): Lately {
  const stopped: (NamedInstance & { readonly sinceMs: number })[] = [];
  let calmMs = LATELY_MS;
  for (const { instanceId, instance } of rows) {
    const { status, sinceMs, sinceKnown, name = '' } = instance;
    if (sinceKnown !== true) {
      // What was found and not seen to begin, at the beginning of watching or after a pause, says since
      // when the watcher knows: an instance may have stopped in the moment before.
      calmMs = Math.min(calmMs, Math.max(0, nowMs - sinceMs));
    } else if (status === 'Stopped' && sinceMs >= nowMs - LATELY_MS) {
      const shown = cleanName(name, MAX_NAME_LENGTH) || instanceId;
      stopped.push({ instanceId, name: shown, sinceMs });
    }
  }
  stopped.sort((one, other) => other.sinceMs - one.sinceMs);
  return {
    justStopped: stopped.map(({ instanceId, name }) => ({ instanceId, name })),
    calmMs,
  };
}
