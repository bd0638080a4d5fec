import { createHash } from 'node:crypto';
import type { Filters, Target } from '../core/target.ts';
import { shape } from '../lib/shape.ts';
import { suggestion } from '../lib/suggest.ts';
import type { VariableReader } from './reader.ts';
import { regionsLike } from './region-ids.ts';
import type { WatchFile } from './watch-file.ts';

/** The account of the variables: its alias in scope keys. */
const OWN_ACCOUNT = 'main';

const REGION_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a region id such as cn-hangzhou');
export const ZONE_ID = shape(/^[a-z]{2,}(-[a-z0-9]+)+$/u, 'a zone id');
export const CLUSTER_ID = shape(/^[A-Za-z0-9_-]{2,64}$/u, 'a cluster id');
export const INSTANCE_ID = shape(/^[A-Za-z0-9-]{3,64}$/u, 'an instance id');

/** Allowed or denied where all regions are watched. */
const REGION_PATTERN = shape(/^[a-z*][a-z0-9*-]{0,63}$/u, 'a region id, or part of one with *');
const ALL = 'all';

/** Completes the sentence "VALUE …"; undefined: nothing is wrong. */
export type Problem = string | undefined;

/** Why this is no region to watch. One that is only not known may be new. */
export function regionProblem(id: string): Problem {
  return REGION_ID.allows(id) ? misspelling(id) : `is not ${REGION_ID.words}`;
}

/** The same of a region that is allowed or denied. */
export function patternProblem(pattern: string): Problem {
  if (!REGION_PATTERN.allows(pattern)) return `is not ${REGION_PATTERN.words}`;
  return pattern.includes('*') ? undefined : misspelling(pattern);
}

function misspelling(id: string): Problem {
  const meant = suggestion(id, regionsLike(id));
  return meant === '' ? undefined : `is not a known region${meant}`;
}

const OWN_VARIABLES = [
  'WATCH_REGIONS',
  'WATCH_REGIONS_ALLOW',
  'WATCH_REGIONS_DENY',
  'WATCH_ZONE',
  'WATCH_CLUSTER',
  'WATCH_INSTANCE_IDS',
];

/** What is watched: the account of the variables, and those of the file. */
export function configuredTargets(
  read: VariableReader,
  file: WatchFile | undefined,
): readonly Target[] {
  return targetsIn(read, file, true);
}

/** The same for the view, which need name nothing: the watcher has stored what it watches. */
export function optionalTargets(
  read: VariableReader,
  file: WatchFile | undefined,
): readonly Target[] {
  return targetsIn(read, file, false);
}

function targetsIn(
  read: VariableReader,
  file: WatchFile | undefined,
  isRequired: boolean,
): readonly Target[] {
  if (file === undefined) {
    read.refuse(
      'WATCH_CONFIG',
      'is set, but this bundle was built without it: set it for npm run build, which embeds the file',
    );
    return ownTargets(read, isRequired);
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
  return [...ownTargets(read, isRequired), ...targets];
}

/** What the variables say is watched, with the credentials of the watcher itself. */
function ownTargets(read: VariableReader, isRequired: boolean): readonly Target[] {
  const regions = checkedList(read, 'WATCH_REGIONS', (id) =>
    id === ALL ? undefined : regionProblem(id),
  );
  const zoneId = read.text('WATCH_ZONE', ZONE_ID);
  const clusterId = read.text('WATCH_CLUSTER', CLUSTER_ID);
  const instanceIds = read.list('WATCH_INSTANCE_IDS', INSTANCE_ID);
  if (regions.length === 0 && isRequired) {
    read.refuseMissing('WATCH_REGIONS', 'e.g. cn-hangzhou,cn-shanghai, or all');
  }
  const isAll = regions.includes(ALL);
  const patterns = regionPatterns(read, isAll);
  if (isAll && regions.length > 1) read.refuse('WATCH_REGIONS', 'holds all and regions beside it');
  if (zoneId !== undefined && !regions.every((regionId) => zoneId.startsWith(regionId))) {
    read.refuse('WATCH_ZONE', 'is not a zone of every region in WATCH_REGIONS');
  }
  if (regions.length === 0) return [];
  const filters = {
    ...(zoneId !== undefined && { zoneId }),
    ...(clusterId !== undefined && { clusterId }),
    ...(instanceIds.length > 0 && { instanceIds }),
  };
  return [{ ...targetOf(OWN_ACCOUNT, isAll ? ALL : regions, filters), ...patterns }];
}

/** Which of all regions are watched. */
function regionPatterns(read: VariableReader, isAll: boolean): Pick<Target, 'allow' | 'deny'> {
  const names = { allow: 'WATCH_REGIONS_ALLOW', deny: 'WATCH_REGIONS_DENY' } as const;
  const [allow, deny] = Object.values(names).map((name) => {
    if (!isAll) read.refuse(name, 'is set, but WATCH_REGIONS is not all');
    return checkedList(read, name, patternProblem);
  });
  return { ...(allow?.length && { allow }), ...(deny?.length && { deny }) };
}

function checkedList(
  read: VariableReader,
  name: string,
  problemOf: (item: string) => Problem,
): readonly string[] {
  const items = read.list(name);
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) read.refuse(name, `holds ${item}, which ${problem}`);
  }
  return items;
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
