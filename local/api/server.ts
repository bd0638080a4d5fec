import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { type EcsAnswer, failure, success } from '../ecs/answer.ts';
import { ApiError, apiNotFound, internalError, securityTokenExpired } from '../ecs/errors.ts';
import { type ApiCall, readCall } from '../ecs/request.ts';
import { requestIds } from '../ecs/request-id.ts';
import { signatureVerifier } from '../ecs/signature/verify.ts';
import type { Account } from '../ram/account.ts';
import { type LocalServer, listen } from '../server.ts';
import type { AccessKey } from '../signature/access-key.ts';
import type { Directory } from '../sts/directory.ts';
import type { ApiOperation, ApiService } from './operation.ts';

export interface ApiServerOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** The permanent keys of the account. */
  readonly accessKeys: readonly AccessKey[];
  readonly directory: Directory;
  readonly account: Account;
  readonly services: readonly ApiService[];
  /** By which keys of roles come to their end. */
  readonly clock: Clock;
  readonly seed?: number;
}

/** A call that was answered, for tests. */
export interface AnsweredCall {
  readonly product: string;
  readonly action: string;
  /** As they were sent, the signature apart. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly status: number;
}

export interface ApiServer extends LocalServer {
  /** All calls of known actions so far, in their order. */
  readonly answered: readonly AnsweredCall[];
}

/**
 * The APIs of an account on the loopback address. The real ones have a host each; here one port serves
 * them all, and the version or the path of a call says which one is meant.
 */
export async function startApis(options: ApiServerOptions): Promise<ApiServer> {
  const { accessKeys, directory, account, services, clock, port = 0, seed = 1 } = options;
  const verify = signatureVerifier((accessKeyId) => {
    const session = directory.session(accessKeyId);
    return session === undefined ? accessKeys : [session.key];
  }, Date.now);
  const nextRequestId = requestIds(seed);
  const answered: AnsweredCall[] = [];

  const answerTo = (call: ApiCall): EcsAnswer => {
    const requestId = nextRequestId();
    const service = serviceOf(call, services);
    try {
      const operation = operationOf(call, service);
      const accessKeyId = verify(call);
      const session = directory.session(accessKeyId);
      if (session !== undefined && session.endMs <= clock.now()) throw securityTokenExpired();
      const action = `${service?.prefix}:${call.action}`;
      const resource = operation.resource?.(call) ?? '*';
      if (!operation.isOpen && !account.may(accessKeyId, action, resource)) {
        throw service?.refusal(call.action);
      }
      return success(call, requestId, operation.perform(call, account.callerOf(accessKeyId)));
    } catch (cause) {
      const error = cause instanceof ApiError ? cause : internalError(cause);
      return failure(call, requestId, error, service?.product);
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    const answer = answerTo(call);
    const { status, headers, text } = answer;
    const service = serviceOf(call, services);
    if (service?.operations[call.action] !== undefined) {
      answered.push({
        product: service.product,
        action: call.action,
        parameters: status < 300 ? parametersOf(call) : Object.fromEntries(call.parameters),
        status,
      });
    }
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
  };

  return { ...(await listen(handle, port)), answered };
}

function parametersOf({ headers, body, parameters }: ApiCall): AnsweredCall['parameters'] {
  const isJson = headers['content-type']?.startsWith('application/json') && body.length > 0;
  return { ...Object.fromEntries(parameters), ...(isJson && JSON.parse(body.toString())) };
}

function serviceOf({ version }: ApiCall, services: readonly ApiService[]): ApiService | undefined {
  return services.find((service) => service.version === version);
}

function operationOf(call: ApiCall, service: ApiService | undefined): ApiOperation {
  const operation = service?.operations[call.action];
  if (operation === undefined || call.path !== (service?.pathOf?.(call.action) ?? '/')) {
    throw apiNotFound();
  }
  return operation;
}
