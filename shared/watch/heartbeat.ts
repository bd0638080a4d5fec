import { reasonOf } from '../ports/reason.ts';
import type { Ports } from './ports.ts';
import type { Tick } from './tick.ts';

/** Pings the heartbeat, if there is one, until the tick's deadline. A failure is a note. */
export async function pingHeartbeat(
  { heartbeat, runtime }: Ports,
  tick: Tick,
): Promise<readonly string[]> {
  try {
    await heartbeat?.(Math.max(1, tick.deadlineMs - runtime.now()));
    return [];
  } catch (error) {
    return [`the heartbeat was not received (check HEARTBEAT_URL): ${reasonOf(error)}`];
  }
}
