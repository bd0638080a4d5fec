import type { ScopeView } from './fleet.ts';
import type { InstanceRow } from './instance-row.ts';
import type { DiscoveryQuery } from './queries/discovery.ts';
import { type FieldSchemas, listSchema, mapSchema, named, objectSchema, TEXT } from './schema.ts';

/** As `http_sd_configs` takes it. Source: Prometheus, "HTTP SD", "Writing HTTP Service Discovery". */
export interface TargetGroup {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

export const TARGET_GROUP_SCHEMA = named(
  'TargetGroup',
  objectSchema({
    targets: listSchema(TEXT),
    labels: mapSchema(TEXT),
  } satisfies FieldSchemas<TargetGroup>),
);

/** One group for each instance that has such an address: its labels are its own. */
export function targetGroups(
  rows: readonly InstanceRow[],
  accounts: ReadonlyMap<string, string>,
  { address, port }: Pick<DiscoveryQuery, 'address' | 'port'>,
): readonly TargetGroup[] {
  const tagLabels = tagLabelNames(rows);
  return rows.flatMap((row) => {
    const { privateIps = [], publicIps = [] } = row.instance;
    const [ip] = address === 'public' ? publicIps : privateIps;
    if (ip === undefined) return [];
    const labels = { ...metaLabels(row, accounts), ...labelsOfTags(row, tagLabels) };
    return [{ targets: [`${hostOf(ip)}:${port}`], labels } as const];
  });
}

/**
 * Has every scope been read whole, so that an instance that is not there does not exist? One that was
 * never scanned has no targets that Prometheus could lose.
 */
export function knowsAll(views: readonly ScopeView[]): boolean {
  const isKnown = ({ snapshot, health }: ScopeView): boolean =>
    snapshot.baselined || health === undefined;
  const isAnyKnown = views.length === 0 || views.some(({ snapshot }) => snapshot.baselined);
  return isAnyKnown && views.every(isKnown);
}

/** An IPv6 address has colons of its own. */
function hostOf(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}

const PREFIX = '__meta_ecs_';

/** The labels besides those of tags, in the order of docs/metrics.md. Prometheus drops empty ones. */
function metaLabels(
  { instanceId, scope, regionId, instance }: InstanceRow,
  accounts: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const { name, status, zoneId, instanceType, resourceGroupId, privateIps, publicIps } = instance;
  const labels: Readonly<Record<string, string | undefined>> = {
    instance_id: instanceId,
    instance_name: name,
    status,
    scope,
    account: accounts.get(scope),
    region: regionId,
    zone: zoneId,
    instance_type: instanceType,
    resource_group: resourceGroupId,
    private_ip: privateIps?.[0],
    public_ip: publicIps?.[0],
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([label, value]) =>
      value === undefined ? [] : [[`${PREFIX}${label}`, value]],
    ),
  );
}

function labelsOfTags(
  { instance: { tags = {} } }: InstanceRow,
  names: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([tag, value]) => {
      const name = names.get(tag);
      return name === undefined ? [] : [[`${PREFIX}tag_${name}`, value]];
    }),
  );
}

/**
 * Tag → the end of its label, the same for every instance of an answer. Of several tags that would
 * share a label, one that is a label name already keeps it, and the others are numbered in the order
 * of their names.
 */
function tagLabelNames(rows: readonly InstanceRow[]): ReadonlyMap<string, string> {
  const tags = [
    ...new Set(rows.flatMap(({ instance }) => Object.keys(instance.tags ?? {}))),
  ].sort();
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const isPlain = (tag: string): boolean => labelName(tag) === tag;
  for (const tag of [...tags.filter(isPlain), ...tags.filter((tag) => !isPlain(tag))]) {
    const name = freeName(labelName(tag), taken);
    taken.add(name);
    names.set(tag, name);
  }
  return names;
}

/**
 * As Prometheus makes label names: what is no ASCII letter or digit is an underscore. A Chinese tag
 * would be underscores only, as every other one of its length: its characters are spelled as `_u4e91`.
 */
function labelName(tag: string): string {
  return tag
    .replace(/\P{ASCII}/gu, (character) => `_u${character.codePointAt(0)?.toString(16)}`)
    .replace(/\W/gu, '_');
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}_${number}`;
  return free;
}
