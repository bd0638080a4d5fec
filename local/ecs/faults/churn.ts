import type { Random } from '../../random.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { ApiCall } from '../request.ts';
import type { EcsFault } from './fault.ts';

/** What faults make the fleet do between this answer and the next call. */
export function churnFleet(
  hits: readonly EcsFault[],
  { parameters }: ApiCall,
  fleet: Fleet,
  random: Random,
): void {
  const regionId = parameters.get('RegionId') ?? '';
  for (const fault of hits) {
    if (fault.kind !== 'churn') continue;
    fleet.releaseAny(regionId, fault.releases, random);
    fleet.create(regionId, fault.creations ?? 0);
  }
}
