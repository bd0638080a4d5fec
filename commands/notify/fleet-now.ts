import { listedScopes } from '../../shared/core/target.ts';
import type { ScopeView } from '../../shared/view/core/fleet.ts';
import { readFleet } from '../../shared/view/read-fleet.ts';
import { watchedScopes } from '../../shared/view/watched-scopes.ts';
import type { Trial } from './trial.ts';

/** The scopes that are watched, as the last tick has left them. */
export async function fleetNow(
  { config, ports, reader }: Trial,
  nowMs: number,
): Promise<readonly ScopeView[]> {
  const { scopes } = await watchedScopes(reader, listedScopes(config.targets), nowMs, {});
  return readFleet({ journal: reader, readings: new Map(), now: ports.runtime.now }, scopes);
}
