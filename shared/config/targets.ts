import { createHash } from 'node:crypto';
import type { Filters, Target } from '../core/target.ts';
import { shape } from '../lib/shape.ts';
import type { VariableReader } from './reader.ts';
import type { WatchFile } from './watch-file.ts';

/** The account of the variables: its alias in scope keys. */
const OWN_ACCOUNT = 'main';

export const REGION_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a region id');
export const ZONE_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a zone id');
export const CLUSTER_ID = shape(/^[A-Za-z0-9_-]{2,64}$/u, 'a cluster id');
export const INSTANCE_ID = shape(/^[A-Za-z0-9-]{3,64}$/u, 'an instance id');

const OWN_VARIABLES = ['WATCH_REGIONS', 'WATCH_ZONE', 'WATCH_CLUSTER', 'WATCH_INSTANCE_IDS'];

/** What is watched: the account of the variables, and those of the file. */
export function configuredTargets(
  read: VariableReader,
  file: WatchFile | undefined,
): readonly Target[] {
  if (file === undefined) {
    read.refuse(
      'WATCH_CONFIG',
      'is set, but this bundle was built without it: set it for npm run build, which embeds the file',
    );
    return [ownTarget(read)];
  }
  const targets = file.accounts.map(({ isOwn: _, role: __, ...target }) => target);
  const isSet = OWN_VARIABLES.some((name) => read.text(name) !== undefined);
  if (targets.length > 0 && !isSet) return targets;
  const double = file.accounts.find(({ account, isOwn }) => isOwn || account === OWN_ACCOUNT);
  for (const name of double === undefined ? [] : OWN_VARIABLES) {
    read.refuse(
      name,
      `is set, but the account ${double?.account} of WATCH_CONFIG ${
        double?.isOwn ? "is the watcher's own already" : 'has the alias of this account'
      }: leave it to one of the two`,
    );
  }
  return [ownTarget(read), ...targets];
}

/** What the variables say is watched, with the credentials of the watcher itself. */
function ownTarget(read: VariableReader): Target {
  const regions = read.list('WATCH_REGIONS', REGION_ID);
  const zoneId = read.text('WATCH_ZONE', ZONE_ID);
  const clusterId = read.text('WATCH_CLUSTER', CLUSTER_ID);
  const instanceIds = read.list('WATCH_INSTANCE_IDS', INSTANCE_ID);
  if (regions.length === 0) read.refuseMissing('WATCH_REGIONS', 'e.g. cn-hangzhou,cn-shanghai');
  if (zoneId !== undefined && !regions.every((regionId) => zoneId.startsWith(regionId))) {
    read.refuse('WATCH_ZONE', 'is not a zone of every region in WATCH_REGIONS');
  }
  return targetOf(OWN_ACCOUNT, regions, {
    ...(zoneId !== undefined && { zoneId }),
    ...(clusterId !== undefined && { clusterId }),
    ...(instanceIds.length > 0 && { instanceIds }),
  });
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
