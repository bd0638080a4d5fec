import { type Endpoint, endpointAt } from '../open-api/send.ts';

/**
 * Regions whose host is not `ecs.REGION.aliyuncs.com`.
 * Source: `_endpointMap` of @alicloud/ecs20140526 7.11.6, without regions internal to the vendor.
 */
const HOST_EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['cn-hangzhou', 'ecs-cn-hangzhou.aliyuncs.com'],
  ['cn-shanghai-finance-1', 'ecs-cn-hangzhou.aliyuncs.com'],
  ['cn-shenzhen-finance-1', 'ecs-cn-hangzhou.aliyuncs.com'],
  ['cn-hangzhou-finance', 'ecs.aliyuncs.com'],
  ['cn-north-2-gov-1', 'ecs.aliyuncs.com'],
  ['cn-beijing-gov-1', 'ecs.aliyuncs.com'],
  ['cn-fujian', 'ecs-cn-hangzhou.aliyuncs.com'],
  ['cn-wuhan', 'ecs.aliyuncs.com'],
  ['cn-zhangbei', 'ecs.aliyuncs.com'],
]);

/** Of STS: in no region, and the same for every question to it. Source: STS "Endpoints". */
export const STS_ENDPOINT = 'https://sts.aliyuncs.com';

/** Where a region comes from, for errors: the configuration names it, or has it listed. */
export function originOf(regionId: string): string {
  return `region ${regionId}, from WATCH_REGIONS or WATCH_CONFIG`;
}

/** The endpoint of a region; `override` is a URL such as `http://127.0.0.1:8001`. */
export function endpointOf(regionId: string, override?: string): Endpoint {
  if (override !== undefined) return endpointAt(override);
  return {
    protocol: 'https',
    host: HOST_EXCEPTIONS.get(regionId) ?? `ecs.${regionId}.aliyuncs.com`,
  };
}
