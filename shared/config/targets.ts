import { createHash } from 'node:crypto';
import type { Filters, Target } from '../core/target.ts';
import { shape } from '../lib/shape.ts';
import type { VariableReader } from './reader.ts';

/** The account of the variables: its alias in scope keys. */
export const OWN_ACCOUNT = 'main';

const REGION_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a region id');
const ZONE_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a zone id');
const CLUSTER_ID = shape(/^[A-Za-z0-9_-]{2,64}$/u, 'a cluster id');
const INSTANCE_ID = shape(/^[A-Za-z0-9-]{3,64}$/u, 'an instance id');

/** What the variables say is watched, with the credentials of the watcher itself. */
export function configuredTargets(read: VariableReader): readonly Target[] {
  const regions = read.list('WATCH_REGIONS', REGION_ID);
  const zoneId = read.text('WATCH_ZONE', ZONE_ID);
  const clusterId = read.text('WATCH_CLUSTER', CLUSTER_ID);
  const instanceIds = read.list('WATCH_INSTANCE_IDS', INSTANCE_ID);
  if (regions.length === 0) read.refuseMissing('WATCH_REGIONS', 'e.g. cn-hangzhou,cn-shanghai');
  if (zoneId !== undefined && !regions.every((regionId) => zoneId.startsWith(regionId))) {
    read.refuse('WATCH_ZONE', 'is not a zone of every region in WATCH_REGIONS');
  }
  return [
    targetOf(OWN_ACCOUNT, regions, {
      ...(zoneId !== undefined && { zoneId }),
      ...(clusterId !== undefined && { clusterId }),
      ...(instanceIds.length > 0 && { instanceIds }),
    }),
  ];
}

/** A target, with what its filters add to the keys of its scopes. */
export function targetOf(account: string, regions: Target['regions'], filters: Filters): Target {
  return { account, regions, ...filters, filterKey: filterKeyOf(filters) };
}

function filterKeyOf({
  zoneId,
  clusterId,
  resourceGroupId,
  instanceIds,
}: Filters): readonly string[] {
  return [
    ...(zoneId === undefined ? [] : [zoneId]),
    ...(clusterId === undefined ? [] : [`cluster-${clusterId}`]),
    ...(resourceGroupId === undefined ? [] : [resourceGroupId]),
    ...(instanceIds === undefined ? [] : [`ids-${digestOf(instanceIds)}`]),
  ];
}

function digestOf(ids: readonly string[]): string {
  return createHash('sha256')
    .update([...ids].sort().join())
    .digest('hex')
    .slice(0, 8);
}
