import type { CallParameters } from './call.ts';
import {
  type Failure,
  invalidParameter,
  MALFORMED_ID,
  missingParameter,
  REGION_NOT_FOUND,
  TOO_MANY_IDS,
  ZONE_NOT_FOUND,
} from './failure.ts';

// The parameters of DescribeInstanceStatus:
// https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstancestatus
const MAX_INSTANCE_IDS = 100;
const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 50;

/** No largest page is documented. Numbers of so many digits are exact, also multiplied by a page size. */
const MAX_DIGITS = 13;

/** The shape of the ids that ECS gives today; the journal may hold others. */
const INSTANCE_ID = /^i-[0-9a-z]+$/u;

/** What a call of DescribeInstanceStatus asks for. Empty texts and absent ids narrow nothing. */
export interface StatusQuery {
  readonly regionId: string;
  readonly zoneId: string;
  readonly clusterId: string;
  readonly instanceIds: ReadonlySet<string> | undefined;
  /** Those of them that have not the shape of ECS: malformed, unless there is such an instance. */
  readonly foreignIds: readonly string[];
  readonly pageNumber: number;
  readonly pageSize: number;
}

/**
 * The query in these parameters, or the first thing that is wrong with them. Parameters that the
 * operation does not have are ignored, as ECS does.
 */
export function parseStatusQuery(
  parameters: CallParameters,
  regionIds: ReadonlySet<string>,
): StatusQuery | Failure {
  const text = (name: string): string => parameters.get(name) ?? '';
  const regionId = text('RegionId');
  const zoneId = text('ZoneId');
  const ids = idsIn(parameters);
  const pageNumber = numberIn(text('PageNumber'), 1);
  const pageSize = numberIn(text('PageSize'), DEFAULT_PAGE_SIZE);
  if (regionId === '') return missingParameter('RegionId');
  if (!regionIds.has(regionId)) return REGION_NOT_FOUND;
  if (zoneId !== '' && !isZoneOf(regionId, zoneId)) return ZONE_NOT_FOUND;
  if (ids.length > MAX_INSTANCE_IDS) return TOO_MANY_IDS;
  const foreignIds = ids.filter((id) => !INSTANCE_ID.test(id));
  const problem = pageProblem(pageNumber, pageSize);
  // ECS looks at the ids first. Which of these are instances, only the rows say.
  if (problem !== undefined) return foreignIds.length > 0 ? MALFORMED_ID : problem;
  return {
    regionId,
    zoneId,
    clusterId: text('ClusterId'),
    instanceIds: ids.length === 0 ? undefined : new Set(ids),
    foreignIds,
    pageNumber,
    pageSize,
  };
}

function pageProblem(pageNumber: number, pageSize: number): Failure | undefined {
  if (pageNumber < 1) return invalidParameter('PageNumber');
  if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) return invalidParameter('PageSize');
  return undefined;
}

/**
 * The values of `InstanceId.N`. `InstanceId` alone, as an old sample of the documents spells it, would
 * otherwise list the whole region: it is answered as a malformed id.
 */
function idsIn(parameters: CallParameters): readonly string[] {
  const ids: string[] = [];
  for (const [name, value] of parameters) {
    const isId = name === 'InstanceId' ? value !== '' : /^InstanceId\.[1-9]\d*$/u.test(name);
    if (isId) ids.push(value);
  }
  return ids;
}

/** 0, which no parameter allows, for what is no whole number. */
function numberIn(text: string, otherwise: number): number {
  if (text === '') return otherwise;
  return /^\d+$/u.test(text) && text.length <= MAX_DIGITS ? Number(text) : 0;
}

/**
 * Does the id have the form of a zone of this region: `cn-hangzhou-h`, `ap-southeast-1a`? The watcher
 * knows only zones with instances, so one without cannot be distinguished from none.
 */
function isZoneOf(regionId: string, zoneId: string): boolean {
  return zoneId.startsWith(regionId) && /^-?[a-z]$/u.test(zoneId.slice(regionId.length));
}
