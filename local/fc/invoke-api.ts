import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { type Clock, systemClock } from '../clock.ts';
import { type LocalServer, listen } from '../server.ts';
import type { AccessKey } from '../signature/access-key.ts';
import { type InvokeCall, type InvokeError, readInvokeCall } from './api-call.ts';
import {
  acs3Signature,
  checkSignature,
  fcSignature,
  type SignatureScheme,
} from './api-signature.ts';
import type { FunctionRuntime } from './function.ts';
import { type HttpAnswer, JSON_TYPE } from './http-answer.ts';
import { type InvocationResult, MAX_ASYNC_EVENT_BYTES, UNHANDLED_ERROR_TYPE } from './result.ts';

interface InvokeApiOptions {
  readonly functions: readonly FunctionRuntime[];
  readonly accessKeys: readonly AccessKey[];
  readonly port?: number;
  /** For the age of signatures. The clients sign with the time of the machine. */
  readonly clock?: Clock;
}

/** A version of the API: the path of its one operation, its signature, its form of an error. */
interface ApiVersion {
  readonly path: RegExp;
  readonly signature: SignatureScheme;
  errorBody(error: InvokeError, requestId: string): unknown;
}

const VERSIONS: readonly ApiVersion[] = [
  {
    // FC 2.0. Functions belong to services there; here any service, with or without a qualifier.
    path: /^\/2016-08-15\/services\/[^/]+\/functions\/(?<name>[^/]+)\/invocations$/,
    signature: fcSignature,
    errorBody: ({ code, message }) => ({ ErrorCode: code, ErrorMessage: message }),
  },
  {
    path: /^\/2023-03-30\/functions\/(?<name>[^/]+)\/invocations$/,
    signature: acs3Signature,
    errorBody: ({ code, message }, requestId) => ({
      RequestId: requestId,
      Code: code,
      Message: message,
    }),
  },
];

/** The one operation of the Function Compute API that a running function needs: to invoke another. */
export async function startInvokeApi(options: InvokeApiOptions): Promise<LocalServer> {
  const { functions, accessKeys, port = 0, clock = systemClock } = options;
  const targets = new Map(functions.map((target) => [target.name, target]));

  const answer = async (call: InvokeCall, requestId: string): Promise<HttpAnswer> => {
    const version = VERSIONS.find(({ path }) => path.test(call.path));
    if (version === undefined || call.method !== 'POST') return notSupported(call);
    const refuse = (error: InvokeError): HttpAnswer =>
      jsonAnswer(error.status, version.errorBody(error, requestId));

    const problem = checkSignature(call, version.signature, accessKeys, clock.now());
    if (problem !== null) return refuse(problem);
    const name = version.path.exec(call.path)?.groups?.name ?? '';
    const target = targets.get(name);
    if (target === undefined) return refuse(functionNotFound(name));
    if (call.headers['x-fc-invocation-type'] !== 'Async') {
      const result = await target.invoke(call.body, { requestId });
      return result.kind === 'throttled' ? refuse(THROTTLED) : resultAnswer(result);
    }
    if (call.body.length > MAX_ASYNC_EVENT_BYTES) return refuse(TOO_LARGE);
    target.enqueue(call.body, { requestId });
    return { status: 202, headers: {}, body: Buffer.alloc(0) };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const { status, headers, body } = await answer(await readInvokeCall(request), requestId);
    response.writeHead(status, { ...headers, 'x-fc-request-id': requestId }).end(body);
  };
  return listen(handle, port);
}

/** A function that failed was invoked: the status is 200, and a header says that it failed. */
function resultAnswer(result: Exclude<InvocationResult, { kind: 'throttled' }>): HttpAnswer {
  if (result.kind === 'returned') {
    const headers = { 'content-type': 'application/octet-stream' };
    return { status: 200, headers, body: result.body };
  }
  return jsonAnswer(200, result.error, { 'x-fc-error-type': UNHANDLED_ERROR_TYPE });
}

const THROTTLED: InvokeError = {
  status: 429,
  code: 'ResourceExhausted',
  message: 'no instance of the function is free',
};

const TOO_LARGE: InvokeError = {
  status: 400,
  code: 'EntityTooLarge',
  message: `payload size exceeds maximum allowed size (${MAX_ASYNC_EVENT_BYTES} bytes)`,
};

function functionNotFound(name: string): InvokeError {
  return { status: 404, code: 'FunctionNotFound', message: `function '${name}' does not exist` };
}

function notSupported({ method, path }: InvokeCall): HttpAnswer {
  const message = `'${method}' against '${path}' is not supported`;
  return jsonAnswer(400, { Code: 'PathNotSupported', Message: message });
}

function jsonAnswer(status: number, value: unknown, headers = {}): HttpAnswer {
  return {
    status,
    headers: { ...JSON_TYPE, ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}
