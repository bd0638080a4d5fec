import { fnv1a } from '../../core/fnv.ts';
import type { Instance, Snapshot } from '../../core/model.ts';
import { perSnapshot } from './per-snapshot.ts';
import { countStatuses } from './status-counts.ts';

/** What monitors ask of the instances of a snapshot. */
export interface InstanceTotals {
  readonly statuses: ReadonlyMap<string, number>;
  /**
   * When an instance last took another status or was released, once for each of them, the latest
   * first. An instance whose beginning was not seen has not changed as far as is known.
   */
  readonly changedAtMs: readonly number[];
  /** Differs where ids, statuses or their beginnings do. */
  readonly digest: number;
}

/** Monitors ask once or twice a minute. */
export const instanceTotals = perSnapshot(
  (snapshot): InstanceTotals => ({
    statuses: countStatuses(snapshot.instances.values()),
    changedAtMs: changeTimes(snapshot),
    digest: digestOf(snapshot),
  }),
);

function digestOf({ instances }: Snapshot): number {
  let digest = fnv1a('');
  for (const [id, { status, sinceMs }] of instances) {
    digest = fnv1a(`${id} ${status} ${sinceMs} `, digest);
  }
  return digest;
}

function changeTimes({ instances, released }: Snapshot): readonly number[] {
  const seen = [...instances.values()].filter(({ sinceKnown }: Instance) => sinceKnown === true);
  const times = [...seen.map(({ sinceMs }) => sinceMs), ...released.values()];
  return times.sort((one, other) => other - one);
}

/** How many of these times, the latest first, are after `afterMs`. */
export function countAfter(times: readonly number[], afterMs: number): number {
  const first = times.findIndex((timeMs) => timeMs <= afterMs);
  return first === -1 ? times.length : first;
}
