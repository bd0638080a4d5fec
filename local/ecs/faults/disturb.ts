import type { Random } from '../../random.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { ApiCall } from '../request.ts';
import type { EcsFault } from './fault.ts';

/** What the fleet does between an answer and the next call, because a fault says so. */
export function disturb(
  struck: readonly EcsFault[],
  { parameters }: ApiCall,
  fleet: Fleet,
  lot: Random,
): void {
  const regionId = parameters.get('RegionId') ?? '';
  for (const fault of struck) {
    if (fault.kind !== 'churn') continue;
    fleet.releaseAny(regionId, fault.releases, lot);
    fleet.create(regionId, fault.creations ?? 0);
  }
}
