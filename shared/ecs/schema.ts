import { type Details, INSTANCE_ID, type Intern, internDetails, REGION_ID } from '../core/model.ts';
import { intern } from '../lib/intern.ts';
import { excerpt, type Redact } from '../lib/secrets.ts';
import { InventoryError, MAX_DETAILS, PAGE_SIZE, type Page } from '../ports/inventory.ts';
import type {
  EcsFields,
  EcsInstance,
  EcsInstanceList,
  EcsInstancePage,
  EcsRegion,
  EcsRegionList,
  EcsRegionPage,
  EcsStatus,
  EcsStatusList,
  EcsStatusPage,
  EcsTag,
  EcsVpc,
} from './model.ts';

/**
 * Wire → values. Nothing is skipped: a page with one malformed row proves nothing about the rows
 * that it does not hold, and a dropped instance would read as a release.
 *
 * Source of both shapes: the ECS API reference and the official models; the compiler checks the
 * names of the fields against them.
 */

/** An answer of DescribeInstanceStatus, with `maxRows` rows at most. @throws {InventoryError} `malformed` */
export function parsePage(body: unknown, redact: Redact, maxRows: number = PAGE_SIZE): Page {
  return shaped(redact, () => pageIn(body, maxRows));
}

function pageIn(body: unknown, maxRows: number): Page {
  const answer = requiredFields<EcsStatusPage>(body, 'the answer');
  const totalCount = answer.TotalCount;
  if (typeof totalCount !== 'number' || !Number.isInteger(totalCount) || totalCount < 0) {
    throw new ShapeError('TotalCount', totalCount);
  }
  const wrapper = requiredFields<EcsStatusList>(answer.InstanceStatuses, 'InstanceStatuses');
  const rows = list(wrapper.InstanceStatus, 'InstanceStatuses.InstanceStatus', maxRows);
  const statuses = new Map<string, string>();
  for (const row of rows) {
    const { InstanceId, Status } = requiredFields<EcsStatus>(row, 'an InstanceStatus');
    statuses.set(instanceId(InstanceId), text(Status, 'Status'));
  }
  return { statuses, rows: rows.length, totalCount, pageSize: pageSizeIn(answer.PageSize) };
}

/** What was asked for, unless ECS says that a page of this listing holds fewer rows. */
function pageSizeIn(value: unknown): number {
  if (value === undefined) return PAGE_SIZE;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new ShapeError('PageSize', value);
  }
  return Math.min(value, PAGE_SIZE);
}

/**
 * An answer of DescribeInstances, by instance id; `share` is that of all answers that are kept
 * together. @throws {InventoryError} `malformed`
 */
export function parseDetails(
  body: unknown,
  redact: Redact,
  maxRows: number = MAX_DETAILS,
  share: Intern = intern(),
): ReadonlyMap<string, Details> {
  return shaped(redact, () => detailsByIdIn(body, maxRows, share));
}

function detailsByIdIn(
  body: unknown,
  maxRows: number,
  share: Intern,
): ReadonlyMap<string, Details> {
  return new Map(
    instanceRowsIn(body, maxRows).map((fields) => [
      instanceId(fields.InstanceId),
      internDetails(detailsIn(fields), share),
    ]),
  );
}

/**
 * Does an answer of DescribeInstances show an instance, if `clusterId` is given one of this cluster?
 * @throws {InventoryError} `malformed`
 */
export function showsInstances(
  body: unknown,
  redact: Redact,
  clusterId: string | undefined,
): boolean {
  return shaped(redact, () =>
    instanceRowsIn(body, MAX_DETAILS).some(
      ({ ClusterId }) => clusterId === undefined || ClusterId === clusterId,
    ),
  );
}

function instanceRowsIn(body: unknown, maxRows: number): readonly EcsFields<EcsInstance>[] {
  const answer = requiredFields<EcsInstancePage>(body, 'the answer');
  const wrapper = requiredFields<EcsInstanceList>(answer.Instances, 'Instances');
  const rows = list(wrapper.Instance, 'Instances.Instance', maxRows);
  return rows.map((row) => requiredFields<EcsInstance>(row, 'an Instance'));
}

/**
 * Alibaba Cloud has some 30 regions. Each one is scanned, so that an answer of thousands must not be
 * believed.
 */
const MAX_REGIONS = 200;

/** An answer of DescribeRegions, which has at least one region. @throws {InventoryError} `malformed` */
export function parseRegionIds(body: unknown, redact: Redact): readonly string[] {
  return shaped(redact, () => {
    const answer = requiredFields<EcsRegionPage>(body, 'the answer');
    const wrapper = requiredFields<EcsRegionList>(answer.Regions, 'Regions');
    const rows = list(wrapper.Region, 'Regions.Region', MAX_REGIONS);
    const ids = rows.map((row) => {
      const id = text(requiredFields<EcsRegion>(row, 'a Region').RegionId, 'RegionId');
      if (!REGION_ID.test(id)) throw new ShapeError('RegionId', id);
      return id;
    });
    // An account always has regions: an empty list is a lost permission.
    if (ids.length === 0) throw new ShapeError('Regions.Region', ids);
    return [...new Set(ids)].sort();
  });
}

/** Details are best effort: a field of another shape is left out, the instance is not. */
function detailsIn(fields: EcsFields<EcsInstance>): Details {
  const name = optionalText(fields.InstanceName);
  const zoneId = optionalText(fields.ZoneId);
  const instanceType = optionalText(fields.InstanceType);
  const resourceGroupId = optionalText(fields.ResourceGroupId);
  const created = optionalText(fields.CreationTime);
  const vpc = optionalFields<EcsVpc>(fields.VpcAttributes);
  const privateIps = [
    ...texts(optionalFields<EcsVpc['privateIpAddress']>(vpc.PrivateIpAddress).IpAddress),
    ...texts(optionalFields<EcsInstance['innerIpAddress']>(fields.InnerIpAddress).IpAddress),
  ];
  const publicIps = [
    ...texts(optionalFields<EcsInstance['publicIpAddress']>(fields.PublicIpAddress).IpAddress),
    ...texts([optionalFields<EcsInstance['eipAddress']>(fields.EipAddress).IpAddress]),
  ];
  const tags = tagsIn(optionalFields<EcsInstance['tags']>(fields.Tags).Tag);
  return {
    ...(name !== undefined && { name }),
    ...(zoneId !== undefined && { zoneId }),
    ...(instanceType !== undefined && { instanceType }),
    ...(resourceGroupId !== undefined && { resourceGroupId }),
    ...(privateIps.length > 0 && { privateIps }),
    ...(publicIps.length > 0 && { publicIps }),
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(created !== undefined && { created }),
  };
}

function tagsIn(value: unknown): Readonly<Record<string, string>> {
  const tags = Array.isArray(value) ? value : [];
  return Object.fromEntries(
    tags.flatMap((tag) => {
      const { TagKey, TagValue } = optionalFields<EcsTag>(tag);
      const key = optionalText(TagKey);
      return key === undefined ? [] : [[key, optionalText(TagValue) ?? '']];
    }),
  );
}

/** The fields of an object that must be there, by the model `M`. */
function requiredFields<M>(value: unknown, what: string): EcsFields<M> {
  if (!isObject(value)) throw new ShapeError(what, value);
  return value as EcsFields<M>;
}

/** The fields of an object that may be missing, by the model `M`. */
function optionalFields<M>(value: unknown): EcsFields<NonNullable<M>> {
  return (isObject(value) ? value : {}) as EcsFields<NonNullable<M>>;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown, what: string, maxRows: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new ShapeError(what, value);
  if (value.length > maxRows) {
    throw new ShapeError(`the number of rows, at most ${maxRows},`, value.length);
  }
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new ShapeError(what, value);
  return value.toWellFormed();
}

function instanceId(value: unknown): string {
  const id = text(value, 'InstanceId');
  if (!INSTANCE_ID.test(id)) throw new ShapeError('InstanceId', id);
  return id;
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item) => optionalText(item) ?? []) : [];
}

/** A value that is not what it must be, whole: it may hold a secret. */
class ShapeError extends Error {
  readonly what: string;
  readonly value: unknown;

  constructor(what: string, value: unknown) {
    super();
    this.what = what;
    this.value = value;
  }
}

const MAX_EXCERPT_LENGTH = 40;

/** The result of `parse`, or the error that says what is out of shape, without a secret. */
function shaped<T>(redact: Redact, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const shown = excerpt(describe(error.value), redact, MAX_EXCERPT_LENGTH);
    const problem = `ECS answered out of shape: ${error.what} is ${shown}`;
    throw new InventoryError('malformed', 'MalformedAnswer', problem);
  }
}

/** As JSON, unless it is nested deeper than JSON can be written; reading has no such limit. */
function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  try {
    return JSON.stringify(value);
  } catch {
    return 'nested too deep';
  }
}
