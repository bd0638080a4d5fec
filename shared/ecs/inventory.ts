import { parseJson } from '../core/json.ts';
import type { Scope } from '../core/model.ts';
import { intern } from '../lib/intern.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import { send } from '../open-api/send.ts';
import type { Credentials } from '../ports/credentials.ts';
import { type Inventory, InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import type { AccountKeys } from './account-keys.ts';
import { endpointOf, originOf } from './endpoint.ts';
import { ecsRefusal, networkFailure, notJson } from './failure.ts';
import type { EcsRequests } from './model.ts';
import { parseDetails, parsePage, parseRegionIds, showsInstances } from './schema.ts';

export interface InventoryOptions {
  readonly credentials: Credentials;
  /** Where some accounts are entered by a role. By default `credentials` are those of all. */
  readonly accounts?: AccountKeys;
  /** Overrides the region's own endpoint, e.g. `http://127.0.0.1:8001`. */
  readonly endpoint?: string;
  readonly runtime: Runtime;
  /** Takes secrets out of what ECS answers: its errors may repeat what they were sent. */
  readonly redact: Redact;
}

type EcsStatusQuery = EcsRequests['DescribeInstanceStatus'];
type EcsInstancesQuery = EcsRequests['DescribeInstances'];

/** Any endpoint lists all regions. Source: ECS "DescribeRegions", whose sample asks this one. */
const LISTING_REGION = 'cn-hangzhou';

/** One call. The default of the SDKs, 3 s, is too short for a page in a bad minute. */
const CALL_TIMEOUT_MS = 10_000;

/** Instances of one answer of DescribeInstances, 100 at most. Source: its `MaxResults`. */
const MAX_DETAILS_RESULTS = '100';

/** "If the request passes the dry run, the DryRunOperation error code is returned." Source: `DryRun`. */
const DRY_RUN_PASSED = 'DryRunOperation';

/**
 * The Inventory over the Alibaba Cloud OpenAPI.
 *
 * It calls through @alicloud/openapi-client. The typed client of @alicloud/ecs20140526 signs and
 * sends the same bytes, but takes 200–400 ms more to load at every cold start. Its types alone cost
 * nothing: `model.ts` holds requests and answers to them.
 */
export function ecsInventory({
  credentials,
  accounts,
  endpoint: override,
  runtime,
  redact,
}: InventoryOptions): Inventory {
  // An inventory lives for one tick, and a first tick reads the details of a whole fleet.
  const share = intern();
  /** Where the host of an endpoint comes from. */
  const hostFrom = (action: keyof EcsRequests, regionId: string): string => {
    if (override !== undefined) return 'from ECS_ENDPOINT';
    return action === 'DescribeRegions' ? 'which lists the regions' : originOf(regionId);
  };

  /** The answer to a request. @throws {InventoryError} */
  async function call<A extends keyof EcsRequests>(
    action: A,
    { account, regionId }: Pick<Scope, 'account' | 'regionId'>,
    query: EcsRequests[A],
    deadlineMs: number,
  ): Promise<unknown> {
    const ask = (keys: Credentials) => request(keys, action, regionId, query, deadlineMs);
    if (accounts === undefined) return ask(credentials);
    const keys = await accounts.keysOf(account, deadlineMs);
    try {
      return await ask(keys);
    } catch (error) {
      if (!isAboutKeys(error)) throw error;
      // The account may have taken them back; if it lets the watcher in again, there are others.
      const others = await accounts.renewed(account, keys, deadlineMs);
      if (others === undefined) throw error;
      return ask(others);
    }
  }

  /** One signed request. @throws {InventoryError} */
  async function request<A extends keyof EcsRequests>(
    keys: Credentials,
    action: A,
    regionId: string,
    query: EcsRequests[A],
    deadlineMs: number,
  ): Promise<unknown> {
    const timeoutMs = Math.max(1, Math.min(CALL_TIMEOUT_MS, deadlineMs - runtime.now()));
    const endpoint = endpointOf(regionId, override);
    const answer = await send(
      {
        endpoint,
        regionId,
        action,
        query: defined({ RegionId: action === 'DescribeRegions' ? undefined : regionId, ...query }),
        credentials: keys,
        timeoutMs,
      },
      runtime,
    ).catch((error: unknown) => {
      throw networkFailure(error, `${endpoint.host} (${hostFrom(action, regionId)})`);
    });
    // A redirect is of a gateway before ECS, whatever its body looks like.
    const isSuccess = answer.status >= 200 && answer.status < 300;
    if (!isSuccess) throw ecsRefusal(answer, redact, regionId);
    const body = parseJson(answer.text);
    if (body === undefined) throw notJson(answer);
    return body;
  }

  return {
    async page(scope, pageNumber, deadlineMs) {
      const query = {
        PageNumber: String(pageNumber),
        PageSize: String(PAGE_SIZE),
        ZoneId: scope.zoneId,
        ClusterId: scope.clusterId,
      } satisfies EcsStatusQuery;
      return parsePage(await call('DescribeInstanceStatus', scope, query, deadlineMs), redact);
    },
    async byIds(scope, ids, deadlineMs) {
      const query = {
        ...numbered(ids),
        PageNumber: '1',
        PageSize: String(PAGE_SIZE),
        // A list of ids may be narrowed further. A suspect is asked for wherever it is.
        ...(scope.instanceIds !== undefined && {
          ZoneId: scope.zoneId,
          ClusterId: scope.clusterId,
        }),
      } satisfies EcsStatusQuery;
      const body = await call('DescribeInstanceStatus', scope, query, deadlineMs);
      return parsePage(body, redact, ids.length);
    },
    async details(scope, ids, deadlineMs) {
      const query = {
        InstanceIds: JSON.stringify(ids),
        MaxResults: MAX_DETAILS_RESULTS,
      } satisfies EcsInstancesQuery;
      const body = await call('DescribeInstances', scope, query, deadlineMs);
      return parseDetails(body, redact, ids.length, share);
    },
    async secondOpinion(scope, ids, deadlineMs) {
      const query = {
        InstanceIds: ids && JSON.stringify(ids),
        ZoneId: ids === undefined ? scope.zoneId : undefined,
        MaxResults: MAX_DETAILS_RESULTS,
      } satisfies EcsInstancesQuery;
      try {
        const body = await call('DescribeInstances', scope, query, deadlineMs);
        // DescribeInstances cannot be narrowed to a cluster, and an id belongs to one for good.
        const clusterId = ids === undefined ? scope.clusterId : undefined;
        return showsInstances(body, redact, clusterId) ? 'contradicts' : 'agrees';
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        if (error.code.startsWith('Forbidden')) return 'refuses';
        throw error;
      }
    },
    async mayLook(scope, deadlineMs) {
      const query = { ZoneId: scope.zoneId, DryRun: 'true' } satisfies EcsInstancesQuery;
      try {
        await call('DescribeInstances', scope, query, deadlineMs);
        // A dry run never succeeds: this ECS has not understood it.
        return false;
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        if (error.code === DRY_RUN_PASSED) return true;
        if (error.code.startsWith('Forbidden')) return false;
        throw error;
      }
    },
    async regionIds(account, deadlineMs) {
      const query = { ResourceType: 'instance' } satisfies EcsRequests['DescribeRegions'];
      const scope = { account, regionId: LISTING_REGION };
      return parseRegionIds(await call('DescribeRegions', scope, query, deadlineMs), redact);
    },
  };
}

/** Source: ECS "Common error codes"; the second face of an expired token has the code InvalidParameter. */
const KEYS_REFUSED = /^Invalid(?:AccessKeyId|SecurityToken)\.|^InvalidParameter\b.*SecurityToken/u;

/** Does ECS refuse the keys themselves, whatever they may do? */
function isAboutKeys(error: unknown): boolean {
  return (
    error instanceof InventoryError &&
    error.kind === 'refused' &&
    KEYS_REFUSED.test(`${error.code} ${error.message}`)
  );
}

/** Ids as ECS expects a list: one parameter an item, counted from 1. */
function numbered(ids: readonly string[]): Pick<EcsStatusQuery, `InstanceId.${number}`> {
  return Object.fromEntries(ids.map((id, index) => [`InstanceId.${index + 1}`, id]));
}

/** The parameters that have a value. */
function defined(query: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
