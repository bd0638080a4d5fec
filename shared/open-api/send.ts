import Client, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';
import { within } from '../lib/deadline.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Credentials } from '../ports/credentials.ts';
import { type ApiAnswer, type RequestContent, SigningGateway } from './gateway.ts';

/** Where an API is reached. */
export interface Endpoint {
  readonly protocol: 'https' | 'http';
  /** Host, with the port when it is not the protocol's own. */
  readonly host: string;
}

/** The endpoint at a URL such as `http://127.0.0.1:8001`. */
export function endpointAt(url: string): Endpoint {
  const { protocol, host } = new URL(url);
  return { protocol: protocol === 'http:' ? 'http' : 'https', host };
}

export interface ApiCall {
  readonly endpoint: Endpoint;
  readonly regionId?: string;
  /** Of the API; by default that of ECS. */
  readonly version?: string;
  readonly action: string;
  /** Of an API in the style ROA. Absent: the action says all, in the style RPC. */
  readonly path?: string;
  readonly query: Readonly<Record<string, string>>;
  /** Absent: no body, and no headers besides those that every request has. */
  readonly content?: RequestContent;
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

const NO_CONTENT: RequestContent = { headers: {}, body: Buffer.alloc(0) };

/**
 * One signed request to ECS, STS or Function Compute. Whatever becomes of it, it is over at its deadline.
 *
 * A client is little more than its settings. Each call has one, because a gateway belongs to a
 * client and knows only one request; connections are kept by the package, for all clients.
 */
export function send(call: ApiCall, runtime: Pick<Runtime, 'setTimer'>): Promise<ApiAnswer> {
  const { endpoint, regionId, version = API_VERSION, action, path, query, timeoutMs } = call;
  const { credentials, content = NO_CONTENT } = call;
  const { protocol, host } = endpoint;
  const client = new Client(
    new Config({ endpoint: host, protocol, ...(regionId && { regionId }) }),
  );
  const gateway = new SigningGateway(credentials, content);
  client.setGatewayClient(gateway);
  const params = new Params({
    action,
    version,
    protocol,
    pathname: path ?? '/',
    method: 'POST',
    authType: 'AK',
    style: path === undefined ? 'RPC' : 'ROA',
    reqBodyType: path === undefined ? 'formData' : 'byte',
    bodyType: 'string',
  });
  return within(
    runtime,
    timeoutMs,
    client
      .execute(params, new OpenApiRequest({ query }), clientTimeouts(timeoutMs))
      .then(({ body }) => body as ApiAnswer),
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
