import type { Scope } from '../core/model.ts';
import type { ScopeView } from './core/fleet.ts';
import { freshness } from './core/freshness.ts';
import type { ViewPorts } from './ports.ts';
import { refreshReadings } from './reading.ts';
import { healthIn } from './unreadable.ts';

export type FleetPorts = Pick<ViewPorts, 'journal' | 'readings' | 'now' | 'healthLimits'>;

/** The present state of scopes, in their order. */
export async function readFleet(
  { journal, readings, now, healthLimits }: FleetPorts,
  scopes: readonly Scope[],
): Promise<readonly ScopeView[]> {
  const read = await refreshReadings(journal, scopes, readings);
  const nowMs = now();
  return read.map(({ scope, head, snapshot }) => {
    const health = healthIn(head);
    const sent = head?.totals;
    const age = freshness(health, nowMs, healthLimits);
    return { scope, snapshot, health, freshness: age, ...(sent !== undefined && { sent }) };
  });
}
