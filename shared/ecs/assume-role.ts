import { parseJson } from '../core/json.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Redact } from '../lib/secrets.ts';
import { send } from '../open-api/send.ts';
import type { Credentials } from '../ports/credentials.ts';
import { InventoryError } from '../ports/inventory.ts';
import type { Role } from '../ports/role.ts';
import { endpointOf, STS_ENDPOINT } from './endpoint.ts';
import { networkFailure, notJson, refusalOf, type Service } from './failure.ts';

/** What a request to STS needs beside the role. */
export interface Asking {
  /** The watcher's own keys, which the role must trust. */
  readonly own: Credentials;
  /** Overrides the endpoint of STS, e.g. `http://127.0.0.1:8002`. */
  readonly endpoint?: string;
  readonly runtime: Runtime;
  readonly redact: Redact;
}

/**
 * How long the keys of a role are valid. Source: STS AssumeRole, `DurationSeconds`: at least 900, at
 * most the role's own MaxSessionDuration, which is never less than this.
 */
export const SESSION_SECONDS = 3_600;
/** Stands in the audit log of the other account. Source: AssumeRole, `RoleSessionName`: 2 to 64 characters. */
const SESSION_NAME = 'ecs-watch';
/** Version of the STS API. https://api.aliyun.com/document/Sts/2015-04-01/overview */
const API_VERSION = '2015-04-01';
const CALL_TIMEOUT_MS = 10_000;

const STS: Service = {
  name: 'STS',
  advice: new Map([
    [
      'EntityNotExist.Role',
      'the role does not exist: create it in that account, or correct its roleArn in WATCH_CONFIG',
    ],
    [
      'NoPermission',
      'the role does not let the watcher in: compare its trust policy and its external id with ' +
        "WATCH_CONFIG, and allow sts:AssumeRole to the watcher's own role",
    ],
    ['InvalidAccessKeyId.NotFound', "the watcher's own access key does not exist"],
    ['InvalidSecurityToken.Expired', "the watcher's own temporary credentials have expired"],
  ]),
};

/** New keys of a role, by one request. @throws {InventoryError} */
export async function assumeRole(
  { arn, externalId }: Role,
  { own, endpoint: override, runtime, redact }: Asking,
  deadlineMs: number,
): Promise<Credentials> {
  const endpoint = endpointOf('', override ?? STS_ENDPOINT);
  const answer = await send(
    {
      endpoint,
      version: API_VERSION,
      action: 'AssumeRole',
      query: {
        RoleArn: arn,
        RoleSessionName: SESSION_NAME,
        DurationSeconds: String(SESSION_SECONDS),
        ...(externalId !== undefined && { ExternalId: externalId }),
      },
      credentials: own,
      timeoutMs: Math.max(1, Math.min(CALL_TIMEOUT_MS, deadlineMs - runtime.now())),
    },
    runtime,
  ).catch((error: unknown) => {
    const variable = override === undefined ? 'WATCH_CONFIG' : 'STS_ENDPOINT';
    throw networkFailure(error, `${endpoint.host} (from ${variable})`, STS.name);
  });
  if (answer.status >= 400) throw passing(refusalOf(STS, answer, redact));
  const body = parseJson(answer.text);
  if (body === undefined) throw notJson(answer, {}, STS.name);
  return keysIn(body);
}

/** The pace of the calls to ECS is not what STS throttles. */
function passing(error: InventoryError): InventoryError {
  if (error.kind !== 'throttled') return error;
  const { requestId, retryAfterMs } = error;
  return new InventoryError('transient', error.code, error.message, {
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function keysIn(body: unknown): Credentials {
  const { Credentials: keys } = Object(body);
  const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret } = Object(keys);
  const { SecurityToken: securityToken } = Object(keys);
  if (isFilled(accessKeyId) && isFilled(accessKeySecret) && isFilled(securityToken)) {
    return { accessKeyId, accessKeySecret, securityToken };
  }
  // What is there may be keys: no part of it is repeated.
  throw new InventoryError('malformed', 'MalformedAnswer', 'STS answered without a set of keys');
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
