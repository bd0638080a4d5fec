import type Credential from '@alicloud/credentials';
import Client, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';
import { read } from 'httpx';
import type { Scope } from '../core/model.ts';
import { within } from '../lib/deadline.ts';
import { intern } from '../lib/intern.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import type { Credentials } from '../ports/credentials.ts';
import { type Inventory, InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import { endpointOf } from './endpoint.ts';
import { ecsFailure } from './failure.ts';
import type { EcsRequests } from './model.ts';
import { parseDetails, parsePage } from './schema.ts';

export interface InventoryOptions {
  readonly credentials: Credentials;
  /** Overrides the region's own endpoint, e.g. `http://127.0.0.1:8001`. */
  readonly endpoint?: string;
  readonly runtime: Runtime;
  /** Takes secrets out of what ECS answers: its errors may repeat what they were sent. */
  readonly redact: Redact;
}

type EcsStatusQuery = EcsRequests['DescribeInstanceStatus'];
type EcsInstancesQuery = EcsRequests['DescribeInstances'];

/** Version of the ECS API. https://api.aliyun.com/document/Ecs/2014-05-26/overview */
const API_VERSION = '2014-05-26';
/** One call. The SDK's own default, 3 s, is too short for a page in a bad minute. */
const CALL_TIMEOUT_MS = 10_000;

/** Instances of one answer of DescribeInstances, 100 at most. Source: its `MaxResults`. */
const MAX_DETAILS_RESULTS = '100';

/** "If the request passes the dry run, the DryRunOperation error code is returned." Source: `DryRun`. */
const DRY_RUN_PASSED = 'DryRunOperation';

/**
 * The Inventory over the Alibaba Cloud OpenAPI.
 *
 * It calls through @alicloud/openapi-client with its generic `callApi`. The typed client of
 * @alicloud/ecs20140526 signs and sends the same bytes, but takes 200–400 ms more to load at every
 * cold start. Its types alone cost nothing: `model.ts` holds requests and answers to them.
 */
export function ecsInventory({
  credentials,
  endpoint,
  runtime,
  redact,
}: InventoryOptions): Inventory {
  /** Account and region → client. */
  const clients = new Map<string, Client>();
  // An inventory lives for one tick, and a first tick reads the details of a whole fleet.
  const share = intern();

  function clientOf({ account, regionId }: Scope): Client {
    const key = `${account}/${regionId}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const { protocol, host } = endpointOf(regionId, endpoint);
    const client = new Client(
      new Config({ credential: credentialOf(credentials), endpoint: host, protocol, regionId }),
    );
    clients.set(key, client);
    return client;
  }

  /** One signed request. @throws {InventoryError} */
  async function call<A extends keyof EcsRequests>(
    action: A,
    scope: Scope,
    query: EcsRequests[A],
    deadlineMs: number,
  ): Promise<unknown> {
    const timeoutMs = Math.max(1, Math.min(CALL_TIMEOUT_MS, deadlineMs - runtime.now()));
    const params = new Params({
      action,
      version: API_VERSION,
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      // The stream itself: when the client reads it to a text or to JSON, it leaves its read timer
      // running, and with it each request and answer in memory, until the timeout.
      bodyType: 'binary',
    });
    const request = new OpenApiRequest({ query: defined({ RegionId: scope.regionId, ...query }) });
    // Both must be set: the wait is the smaller of the two.
    const sdkOptions = new RuntimeOptions({ readTimeout: timeoutMs, connectTimeout: timeoutMs });
    try {
      const answered = clientOf(scope).callApi(params, request, sdkOptions);
      const text = await within(
        runtime,
        timeoutMs,
        answered.then(({ body }) => read(body, 'utf8')),
        () => new InventoryError('transient', 'Timeout', `no answer within ${timeoutMs} ms`),
      );
      return JSON.parse(String(text));
    } catch (error) {
      throw ecsFailure(error, redact);
    }
  }

  return {
    async page(scope, pageNumber, deadlineMs) {
      const query = {
        PageNumber: String(pageNumber),
        PageSize: String(PAGE_SIZE),
        ZoneId: scope.zoneId,
      } satisfies EcsStatusQuery;
      return parsePage(await call('DescribeInstanceStatus', scope, query, deadlineMs));
    },
    async byIds(scope, ids, deadlineMs) {
      const query = {
        ...numbered(ids),
        PageNumber: '1',
        PageSize: String(PAGE_SIZE),
        // A list of ids may be narrowed to a zone. A suspect is asked for wherever it is.
        ZoneId: scope.instanceIds === undefined ? undefined : scope.zoneId,
      } satisfies EcsStatusQuery;
      return parsePage(await call('DescribeInstanceStatus', scope, query, deadlineMs));
    },
    async details(scope, ids, deadlineMs) {
      const query = {
        InstanceIds: JSON.stringify(ids),
        MaxResults: MAX_DETAILS_RESULTS,
      } satisfies EcsInstancesQuery;
      return parseDetails(await call('DescribeInstances', scope, query, deadlineMs), share);
    },
    async secondOpinion(scope, ids, deadlineMs) {
      const query = {
        InstanceIds: ids && JSON.stringify(ids),
        ZoneId: ids === undefined ? scope.zoneId : undefined,
        MaxResults: MAX_DETAILS_RESULTS,
      } satisfies EcsInstancesQuery;
      try {
        const found = parseDetails(await call('DescribeInstances', scope, query, deadlineMs));
        return found.size > 0 ? 'contradicts' : 'agrees';
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
  };
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

/**
 * What the client makes of keys, except that it would make it with @alicloud/credentials. That
 * package is large, and a function with a role does without it.
 */
function credentialOf(credentials: Credentials): Credential {
  const isTemporary = credentials.securityToken !== undefined;
  const model = {
    ...credentials,
    type: isTemporary ? 'sts' : 'access_key',
    providerName: isTemporary ? 'static_sts' : 'static_ak',
  };
  const credential = { getCredential: async () => model };
  return credential as unknown as Credential;
}
