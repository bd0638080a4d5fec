import { createHash } from 'node:crypto';
import type { Filters, Target } from '../core/target.ts';
import { shape } from '../lib/shape.ts';
import type { VariableReader } from './reader.ts';

/** The account of the variables: its alias in scope keys. */
export const OWN_ACCOUNT = 'main';

const ALL = 'all';
const REGION_ID = shape(/^(?:all|[a-z]{2,}(-[a-z0-9]+)+)$/u, 'a region id');
const REGION_PATTERN = shape(/^[a-z*][a-z0-9*-]{0,63}$/u, 'a region id, or part of one with *');
const ZONE_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a zone id');
const CLUSTER_ID = shape(/^[A-Za-z0-9_-]{2,64}$/u, 'a cluster id');
const INSTANCE_ID = shape(/^[A-Za-z0-9-]{3,64}$/u, 'an instance id');

/** What the variables say is watched, with the credentials of the watcher itself. */
export function configuredTargets(read: VariableReader): readonly Target[] {
  const targets = optionalTargets(read);
  if (targets.length === 0) {
    read.refuseMissing('WATCH_REGIONS', 'e.g. cn-hangzhou,cn-shanghai, or all');
  }
  return targets;
}

/** The same for the view, which need not name a region: the watcher has stored what it watches. */
export function optionalTargets(read: VariableReader): readonly Target[] {
  const regions = read.list('WATCH_REGIONS', REGION_ID);
  const zoneId = read.text('WATCH_ZONE', ZONE_ID);
  const clusterId = read.text('WATCH_CLUSTER', CLUSTER_ID);
  const instanceIds = read.list('WATCH_INSTANCE_IDS', INSTANCE_ID);
  const isAll = regions.includes(ALL);
  const patterns = regionPatterns(read, isAll);
  if (isAll && regions.length > 1) read.refuse('WATCH_REGIONS', 'holds all and regions beside it');
  if (zoneId !== undefined && !regions.every((regionId) => zoneId.startsWith(regionId))) {
    read.refuse('WATCH_ZONE', 'is not a zone of every region in WATCH_REGIONS');
  }
  const filters = {
    ...(zoneId !== undefined && { zoneId }),
    ...(clusterId !== undefined && { clusterId }),
    ...(instanceIds.length > 0 && { instanceIds }),
  };
  if (regions.length === 0) return [];
  return [{ ...targetOf(OWN_ACCOUNT, isAll ? ALL : regions, filters), ...patterns }];
}

/** Which of all regions are watched. */
function regionPatterns(read: VariableReader, isAll: boolean): Pick<Target, 'allow' | 'deny'> {
  const names = { allow: 'WATCH_REGIONS_ALLOW', deny: 'WATCH_REGIONS_DENY' } as const;
  const [allow, deny] = Object.values(names).map((name) => {
    if (!isAll) read.refuse(name, 'is set, but WATCH_REGIONS is not all');
    return read.list(name, REGION_PATTERN);
  });
  return { ...(allow?.length && { allow }), ...(deny?.length && { deny }) };
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
