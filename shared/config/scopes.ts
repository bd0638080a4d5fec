import { createHash } from 'node:crypto';
import type { Scope } from '../core/model.ts';
import { shape } from '../lib/shape.ts';
import type { VariableReader } from './reader.ts';

/** The account's alias in scope keys. Watching several accounts needs a configuration file. */
const ACCOUNT = 'main';

const REGION_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a region id');
const ZONE_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a zone id');
const CLUSTER_ID = shape(/^[A-Za-z0-9_-]{2,64}$/u, 'a cluster id');
const INSTANCE_ID = shape(/^[A-Za-z0-9-]{3,64}$/u, 'an instance id');

/** One scope a region, narrowed by the filters. */
export function configuredScopes(read: VariableReader): readonly Scope[] {
  const regions = read.list('WATCH_REGIONS', REGION_ID);
  const zoneId = read.text('WATCH_ZONE', ZONE_ID);
  const clusterId = read.text('WATCH_CLUSTER', CLUSTER_ID);
  const instanceIds = read.list('WATCH_INSTANCE_IDS', INSTANCE_ID);
  if (regions.length === 0) read.refuseMissing('WATCH_REGIONS', 'e.g. cn-hangzhou,cn-shanghai');
  if (zoneId !== undefined && !regions.every((regionId) => zoneId.startsWith(regionId))) {
    read.refuse('WATCH_ZONE', 'is not a zone of every region in WATCH_REGIONS');
  }
  return regions.map((regionId) => ({
    key: [ACCOUNT, regionId, ...filterKey(zoneId, clusterId, instanceIds)].join('/'),
    account: ACCOUNT,
    regionId,
    ...(zoneId !== undefined && { zoneId }),
    ...(clusterId !== undefined && { clusterId }),
    ...(instanceIds.length > 0 && { instanceIds }),
  }));
}

/**
 * A filter is part of the scope's key. Otherwise a narrower filter would make everything outside it
 * look released. With it, a new filter starts with a baseline of its own.
 */
function filterKey(
  zoneId: string | undefined,
  clusterId: string | undefined,
  ids: readonly string[],
): readonly string[] {
  const digest = createHash('sha256')
    .update([...ids].sort().join())
    .digest('hex')
    .slice(0, 8);
  return [
    ...(zoneId === undefined ? [] : [zoneId]),
    ...(clusterId === undefined ? [] : [`cluster-${clusterId}`]),
    ...(ids.length === 0 ? [] : [`ids-${digest}`]),
  ];
}
