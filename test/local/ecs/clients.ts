import OpenApi, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import RpcClient from '@alicloud/pop-core';
import {
  type AccessKey,
  type EcsOptions,
  type EcsServer,
  startEcs,
} from '../../../local/ecs/index.ts';

export const KEY: AccessKey = { accessKeyId: 'LTAI-local', accessKeySecret: 'a secret' };
export const STS_KEY: AccessKey = {
  accessKeyId: 'STS.local',
  accessKeySecret: 'another secret',
  securityToken: 'a token',
};
export const HANGZHOU = 'cn-hangzhou';

/** A server for one test, closed whether the test passes or fails. */
export async function withEcs(
  options: Partial<EcsOptions>,
  test: (ecs: EcsServer) => Promise<void>,
): Promise<void> {
  const ecs = await startEcs({ accessKeys: [KEY], ...options });
  try {
    await test(ecs);
  } finally {
    await ecs.close();
  }
}

/** Where clients are pointed to. */
export type Endpoint = Pick<EcsServer, 'url' | 'port'>;

/** Calls an action and answers with the body; rejects as the official client does. */
export type Call = (
  action: string,
  query?: Record<string, unknown>,
  headers?: Record<string, string>,
) => Promise<Body>;

export interface Body {
  readonly RequestId: string;
  readonly TotalCount?: number;
  readonly PageNumber?: number;
  readonly PageSize?: number;
  readonly NextToken?: string;
  readonly InstanceStatuses?: { readonly InstanceStatus: readonly StatusRow[] };
  readonly Instances?: { readonly Instance: readonly InstanceRow[] };
  readonly InstanceIdSets?: { readonly InstanceIdSet: readonly string[] };
  readonly InstanceResponses?: { readonly InstanceResponse: readonly Record<string, string>[] };
  readonly Regions?: { readonly Region: readonly Record<string, string>[] };
}

interface StatusRow {
  readonly InstanceId: string;
  readonly Status: string;
}

interface InstanceRow extends StatusRow {
  readonly InstanceName: string;
  readonly ZoneId: string;
}

/** @alicloud/openapi-client, signing with V3 (ACS3), or V1 where `signatureAlgorithm` is v2. */
export function openApi(
  ecs: Endpoint,
  key: AccessKey = KEY,
  settings: Partial<Settings> = {},
): Call {
  const client = new OpenApi(configOf(ecs, key, settings));
  return async (action, query = {}, headers = {}) => {
    const params = new Params({
      action,
      version: '2014-05-26',
      protocol: 'HTTP',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      pathname: '/',
      reqBodyType: 'json',
      bodyType: 'json',
    });
    const request = new OpenApiRequest({ query: texts(query), headers });
    const answer = await client.callApi(params, request, {} as Runtime);
    return answer.body;
  };
}

/** @alicloud/pop-core, signing with V1, with everything in the query (GET) or in a form (POST). */
export function popCore(ecs: Endpoint, method: 'GET' | 'POST', key: AccessKey = KEY): Call {
  const client = new RpcClient({
    ...key,
    endpoint: ecs.url,
    apiVersion: '2014-05-26',
    opts: { timeout: NO_HURRY.readTimeout },
  });
  return (action, query = {}) => client.request(action, query, { method });
}

export interface Settings {
  readonly signatureAlgorithm: 'v2';
  readonly readTimeout: number;
  readonly connectTimeout: number;
}

export function configOf(ecs: Endpoint, key: AccessKey, settings: Partial<Settings> = {}): Config {
  return new Config({
    ...key,
    ...NO_HURRY,
    ...settings,
    endpoint: `127.0.0.1:${ecs.port}`,
    protocol: 'http',
    regionId: HANGZHOU,
  });
}

/** The clients give up after three seconds, which a busy machine can need. */
const NO_HURRY = { readTimeout: 30_000, connectTimeout: 30_000 };

type Runtime = Parameters<OpenApi['callApi']>[2];

/** Every instance status of the region, page by page, and the TotalCount of each page. */
export async function scan(call: Call, pageSize = 50) {
  const rows: StatusRow[] = [];
  const totals: number[] = [];
  for (let pageNumber = 1; ; pageNumber += 1) {
    const page = await call('DescribeInstanceStatus', {
      RegionId: HANGZHOU,
      PageSize: pageSize,
      PageNumber: pageNumber,
    });
    const found = page.InstanceStatuses?.InstanceStatus ?? [];
    rows.push(...found);
    totals.push(page.TotalCount ?? -1);
    if (found.length < pageSize) return { rows, totals };
  }
}

/** `{ InstanceId: [a, b] }` as `{ 'InstanceId.1': a, 'InstanceId.2': b }`. */
export function repeated(name: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));
}

function texts(query: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}
