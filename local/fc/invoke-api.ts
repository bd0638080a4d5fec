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
import { ApiError, functionNotFound } from './control/errors.ts';
import type { FunctionRuntime } from './function.ts';
import { type HttpAnswer, JSON_TYPE, MAX_PAYLOAD_BYTES } from './http-answer.ts';
import { type InvocationResult, MAX_ASYNC_EVENT_BYTES, UNHANDLED_ERROR_TYPE } from './result.ts';

interface InvokeApiOptions {
  /** The function of a name, if there is one. */
  find(name: string): FunctionRuntime | undefined;
  /**
   * Answers a call of 2023-03-30 that invokes nothing, after its signature was verified; null if the
   * API has no such operation.
   */
  control?(call: InvokeCall): Promise<HttpAnswer | null>;
  /** Called with the path of each invocation, whose signature was verified. */
  onInvocation?(path: string): void;
  readonly accessKeys: readonly AccessKey[];
  readonly port?: number;
  /** For the age of signatures. The clients sign with the time of the machine. */
  readonly clock?: Clock;
}

/** A version of the API: where it begins, the path of an invocation, its signature, its form of an error. */
interface ApiVersion {
  readonly root: string;
  readonly path: RegExp;
  readonly signature: SignatureScheme;
  errorBody(error: InvokeError, requestId: string): unknown;
}

const VERSIONS: readonly ApiVersion[] = [
  {
    // FC 2.0. Functions belong to services there; here any service, with or without a qualifier.
    root: '/2016-08-15/',
    path: /^\/2016-08-15\/services\/[^/]+\/functions\/(?<name>[^/]+)\/invocations$/,
    signature: fcSignature,
    errorBody: ({ code, message }) => ({ ErrorCode: code, ErrorMessage: message }),
  },
  {
    root: '/2023-03-30/',
    path: /^\/2023-03-30\/functions\/(?<name>[^/]+)\/invocations$/,
    signature: acs3Signature,
    errorBody: ({ code, message }, requestId) => ({
      RequestId: requestId,
      Code: code,
      Message: message,
    }),
  },
];

/** The API of Function Compute: to invoke a function, and what `control` adds. */
export async function startInvokeApi(options: InvokeApiOptions): Promise<LocalServer> {
  const { find, control, accessKeys, port = 0, clock = systemClock } = options;

  const answer = async (call: InvokeCall, requestId: string): Promise<HttpAnswer> => {
    const invoked = VERSIONS.find(({ path }) => path.test(call.path));
    const version = invoked ?? VERSIONS.find(({ root }) => call.path.startsWith(root));
    const isInvocation = invoked !== undefined && call.method === 'POST';
    if (version === undefined || (!isInvocation && control === undefined))
      return notSupported(call);
    const refuse = (error: InvokeError): HttpAnswer =>
      jsonAnswer(error.status, version.errorBody(error, requestId));

    const problem = checkSignature(call, version.signature, accessKeys, clock.now());
    if (problem !== null) return refuse(problem);
    try {
      if (!isInvocation) return (await control?.(call)) ?? notSupported(call);
      options.onInvocation?.(call.path);
      return await invoke(version.path.exec(call.path)?.groups?.name ?? '', call, requestId);
    } catch (error) {
      if (error instanceof ApiError) return refuse(error);
      throw error;
    }
  };

  const invoke = async (
    name: string,
    { headers, body }: InvokeCall,
    requestId: string,
  ): Promise<HttpAnswer> => {
    const target = find(name);
    if (target === undefined) throw functionNotFound(name);
    if (headers['x-fc-invocation-type'] !== 'Async') {
      if (body.length > MAX_PAYLOAD_BYTES) throw tooLarge(MAX_PAYLOAD_BYTES);
      const result = await target.invoke(body, { requestId });
      if (result.kind === 'throttled') throw throttled();
      return resultAnswer(result);
    }
    if (body.length > MAX_ASYNC_EVENT_BYTES) throw tooLarge(MAX_ASYNC_EVENT_BYTES);
    target.enqueue(body, { requestId });
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

function throttled(): ApiError {
  return new ApiError(429, 'ResourceExhausted', 'no instance of the function is free');
}

/** https://www.alibabacloud.com/help/en/functioncompute/error-codes */
function tooLarge(maxBytes: number): ApiError {
  const message = `payload size exceeds maximum allowed size (${maxBytes} bytes)`;
  return new ApiError(400, 'EntityTooLarge', message);
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
