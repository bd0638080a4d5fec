import type { Scope } from '../core/model.ts';
import type { ScopeView } from './core/fleet.ts';
import { freshness } from './core/freshness.ts';
import type { ViewPorts } from './ports.ts';
import { refreshReading } from './reading.ts';
import { healthIn } from './unreadable.ts';

/** The present state of scopes, read in parallel. */
export function readFleet(
  { journal, readings, now, healthLimits }: ViewPorts,
  scopes: readonly Scope[],
): Promise<readonly ScopeView[]> {
  return Promise.all(
    scopes.map(async (scope) => {
      const { head, snapshot } = await refreshReading(journal, scope, readings);
      const health = healthIn(head);
      const sent = head?.totals;
      const age = freshness(health, now(), healthLimits);
      return { scope, snapshot, health, freshness: age, ...(sent !== undefined && { sent }) };
    }),
  );
}
