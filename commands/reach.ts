import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { WatchConfig } from '../shared/config/watch.ts';
import type { Scope } from '../shared/core/model.ts';
import { endpointOf, originOf } from '../shared/ecs/endpoint.ts';

/** An address that the watcher needs, and what it comes from. */
export interface NeededAddress {
  readonly url: string;
  readonly origin: string;
}

/** Any answer shows that a service is reached, so this is long, also across a continent. */
const REACH_TIMEOUT_MS = 3_000;

export function addressOfTablestore({
  tablestore,
}: Pick<WatchConfig, 'tablestore'>): NeededAddress {
  return { url: tablestore.endpoint, origin: 'TABLESTORE_ENDPOINT' };
}

export function addressesOfEcs(
  scopes: readonly Scope[],
  ecsEndpoint: string | undefined,
): readonly NeededAddress[] {
  const addresses = scopes.map(({ regionId }) => {
    const { protocol, host } = endpointOf(regionId, ecsEndpoint);
    const origin = ecsEndpoint === undefined ? originOf(regionId) : 'ECS_ENDPOINT';
    return [`${protocol}://${host}`, origin] as const;
  });
  return [...new Map(addresses)].map(([url, origin]) => ({ url, origin }));
}

/**
 * Why an address is not reached: with its host, what it comes from and what to do; undefined when it is.
 * The clients of both services try for longer, and their errors name no host.
 */
export async function whyNotReached(
  { url, origin }: NeededAddress,
  timeoutMs: number = REACH_TIMEOUT_MS,
): Promise<string | undefined> {
  const { host } = new URL(url);
  const code = await failureOf(url, timeoutMs);
  return code === undefined ? undefined : `${host} (${origin}) ${reasonFor(code)}`;
}

/** Undefined once anything has answered. */
function failureOf(url: string, timeoutMs: number): Promise<string | undefined> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const sent = request(url, { agent: false });
    const timer = setTimeout(() => sent.destroy(Object.assign(new Error(), TIMED_OUT)), timeoutMs);
    sent.once('response', (response) => {
      clearTimeout(timer);
      response.destroy();
      resolve(undefined);
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(error.code ?? error.message);
    });
    sent.end();
  });
}

const TIMED_OUT = { code: 'ETIMEDOUT' };
const NOT_RESOLVED = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NONAME', 'EAI_NODATA'];
const NO_ROUTE = ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'];
/** Codes of OpenSSL and of Node.js. */
const OF_TLS = /TLS|SSL|CERT|EPROTO|SIGNATURE|ISSUER/u;

export function reasonFor(code: string): string {
  if (NOT_RESOLVED.includes(code)) {
    return `is not a known host name (${code}): check its spelling, and whether this machine has a network`;
  }
  if (NO_ROUTE.includes(code)) return `is not reachable from this network (${code})`;
  switch (code) {
    case 'ECONNREFUSED':
      return 'refuses connections: nothing listens there';
    case 'ETIMEDOUT':
      return 'does not answer: a firewall may be in between, or it is an address for inside a VPC';
    default:
      return OF_TLS.test(code)
        ? `does not answer with a valid certificate (${code}): check the address, and https or http`
        : `breaks the connection off (${code})`;
  }
}
