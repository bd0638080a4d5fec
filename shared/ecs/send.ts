import Client, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';
import { within } from '../lib/deadline.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { type EcsAnswer, EcsGateway } from './gateway.ts';

export interface EcsCall {
  readonly endpoint: Endpoint;
  readonly regionId?: string;
  /** Of the API; by default that of ECS. */
  readonly version?: string;
  readonly action: string;
  readonly query: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** There was no whole answer in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'Timeout';
}

/** Version of the ECS API. https://api.aliyun.com/document/Ecs/2014-05-26/overview */
const API_VERSION = '2014-05-26';

/**
 * One signed request to ECS or STS, in the style RPC. Whatever becomes of it, it is over at its deadline.
 *
 * A client is little more than its settings. Each call has one, because a gateway belongs to a
 * client and knows only one request; connections are kept by the package, for all clients.
 */
export function send(call: EcsCall, runtime: Pick<Runtime, 'setTimer'>): Promise<EcsAnswer> {
  const { endpoint, regionId, version = API_VERSION, action, query, credentials, timeoutMs } = call;
  const { protocol, host } = endpoint;
  const client = new Client(
    new Config({ endpoint: host, protocol, ...(regionId && { regionId }) }),
  );
  const gateway = new EcsGateway(credentials);
  client.setGatewayClient(gateway);
  const params = new Params({
    action,
    version,
    protocol,
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'string',
  });
  return within(
    runtime,
    timeoutMs,
    client
      .execute(params, new OpenApiRequest({ query }), clientTimeouts(timeoutMs))
      .then(({ body }) => body as EcsAnswer),
    () => {
      gateway.abort();
      return new TimeoutError(`no answer within ${timeoutMs} ms`);
    },
  );
}

/**
 * Our own deadline comes first. The client's timers begin with each stage of a request, and would
 * add up. Both must be set: the client waits for the shorter one.
 */
function clientTimeouts(timeoutMs: number): RuntimeOptions {
  return new RuntimeOptions({ readTimeout: 2 * timeoutMs, connectTimeout: 2 * timeoutMs });
}
