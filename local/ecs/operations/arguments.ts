import {
  instanceIdMalformed,
  invalidParameter,
  missingParameter,
  notFound,
  regionNotFound,
  tooManyInstanceIds,
  zoneNotFound,
} from '../errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { repeatList, requiredParameter } from '../parameters.ts';
import { regionOf } from '../regions.ts';
import type { Parameters } from '../request.ts';

/** @throws {ApiError} when RegionId is absent or not one of the account's. */
export function regionIdOf(parameters: Parameters, fleet: Fleet): string {
  const regionId = requiredParameter(parameters, 'RegionId');
  if (!fleet.regionIds.includes(regionId)) throw regionNotFound();
  return regionId;
}

/** @throws {ApiError} when ZoneId is given and not one of the region's. */
export function zoneIdOf(parameters: Parameters, regionId: string): string | undefined {
  const zoneId = parameters.get('ZoneId') || undefined;
  if (zoneId !== undefined && !regionOf(regionId).zoneIds.includes(zoneId)) throw zoneNotFound();
  return zoneId;
}

/** InstanceId.N, `undefined` when there is none. @throws {ApiError} for too many or malformed ones. */
export function instanceIdsOf(parameters: Parameters): readonly string[] | undefined {
  const instanceIds = repeatList(parameters, 'InstanceId');
  return instanceIds && checkedIds(instanceIds);
}

/** As `instanceIdsOf`, where there must be some. A repeated id counts once. */
export function requiredInstanceIds(parameters: Parameters): readonly string[] {
  const instanceIds = instanceIdsOf(parameters);
  if (instanceIds === undefined) throw missingParameter('InstanceId');
  return [...new Set(instanceIds)];
}

// InstanceId.N: N from 1 to 100. https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeinstancestatus
const MAX_INSTANCE_IDS = 100;

export function checkedIds(instanceIds: readonly string[]): readonly string[] {
  if (instanceIds.length > MAX_INSTANCE_IDS) throw tooManyInstanceIds();
  if (!instanceIds.every((id) => /^i-[0-9a-z]+$/.test(id))) throw instanceIdMalformed();
  return instanceIds;
}

// AcceptLanguage: zh-CN when it is not given. https://www.alibabacloud.com/help/en/ecs/developer-reference/api-ecs-2014-05-26-describeregions
const LANGUAGES = ['zh-CN', 'zh-TW', 'en-US', 'ja', 'fr', 'de', 'ko'];

/** Whether names are asked for in Chinese; in every other language they are English. @throws {ApiError} */
export function isChinese(parameters: Parameters): boolean {
  const language = parameters.get('AcceptLanguage') || 'zh-CN';
  if (!LANGUAGES.includes(language)) throw notFound('InvalidAcceptLanguage', 'AcceptLanguage');
  return language.startsWith('zh');
}

/** InstanceName: 2 to 128 characters, `undefined` when absent. @throws {ApiError} */
export function instanceNameOf(parameters: Parameters): string | undefined {
  const name = parameters.get('InstanceName') || undefined;
  if (name !== undefined && !/^.{2,128}$/u.test(name)) throw invalidParameter('InstanceName');
  return name;
}
