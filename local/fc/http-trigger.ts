import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { type Clock, systemClock } from '../clock.ts';
import { type LocalServer, listen, readBody } from '../server.ts';
import type { FunctionRuntime } from './function.ts';
import {
  type HttpAnswer,
  httpAnswer,
  JSON_TYPE,
  MAX_HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
} from './http-answer.ts';
import { httpEvent } from './http-event.ts';
import {
  type FunctionError,
  type InvocationResult,
  MAX_ASYNC_EVENT_BYTES,
  UNHANDLED_ERROR_TYPE,
} from './result.ts';

interface HttpTriggerOptions {
  readonly target: FunctionRuntime;
  readonly port?: number;
  /** As in s.yaml; without it, every method. */
  readonly methods?: readonly string[];
  readonly clock?: Clock;
}

// Limits and their answers: https://www.alibabacloud.com/help/en/functioncompute/fc/web-functions
// and, for a method that is not configured, https://www.alibabacloud.com/help/doc-detail/85445.htm
const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
const MAX_PATH_BYTES = 4 * 1024;

/** Serves a function over HTTP, as its trigger with anonymous access does. */
export async function startHttpTrigger(options: HttpTriggerOptions): Promise<LocalServer> {
  const { target, port = 0, methods = ALL_METHODS, clock = systemClock } = options;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    response.setHeader('x-fc-request-id', requestId);
    sendHttpAnswer(
      response,
      triggerRefusal(request, methods) ?? (await invoke(request, requestId)),
    );
  };

  const invoke = async (request: IncomingMessage, requestId: string): Promise<HttpAnswer> => {
    const body = await readBody(request, MAX_PAYLOAD_BYTES);
    const event = httpEvent(request, body, { requestId, nowMs: clock.now() });
    const eventBytes = Buffer.from(JSON.stringify(event));
    if (request.headers['x-fc-invocation-type'] === 'Async') return queued(eventBytes, requestId);
    return triggerAnswer(await target.invoke(eventBytes, { requestId }));
  };

  /** Any client may ask for this; the function's answer is then dropped. */
  const queued = (event: Buffer, requestId: string): HttpAnswer => {
    if (event.length > MAX_ASYNC_EVENT_BYTES) {
      return platformError(400, 'EntityTooLarge', `more than ${MAX_ASYNC_EVENT_BYTES} bytes`);
    }
    target.enqueue(event, { requestId });
    return { status: 202, headers: {}, body: Buffer.alloc(0) };
  };

  return listen(handle, port);
}

/** Why the request does not even reach the function. */
function triggerRefusal(request: IncomingMessage, methods: readonly string[]): HttpAnswer | null {
  const { method = '', url = '', rawHeaders, headers } = request;
  if (!methods.includes(method)) {
    return platformError(403, 'AccessDenied', `method ${method} is not configured`);
  }
  if (Buffer.byteLength(url) > MAX_PATH_BYTES) {
    return platformError(400, 'InvalidArgument', `the path is over ${MAX_PATH_BYTES} bytes`);
  }
  if (Buffer.byteLength(rawHeaders.join('')) > MAX_HEADER_BYTES) {
    return platformError(400, 'InvalidArgument', `the headers are over ${MAX_HEADER_BYTES} bytes`);
  }
  if (Number(headers['content-length'] ?? 0) > MAX_PAYLOAD_BYTES) {
    return platformError(400, 'EntityTooLarge', `more than ${MAX_PAYLOAD_BYTES} bytes`);
  }
  return null;
}

function triggerAnswer(result: InvocationResult): HttpAnswer {
  if (result.kind === 'throttled') {
    return platformError(429, 'ResourceExhausted', 'no instance of the function is free');
  }
  if (result.kind === 'failed') return functionError(result.error);
  const answer = httpAnswer(result.body);
  return 'problem' in answer ? functionError({ errorMessage: answer.problem }) : answer;
}

function functionError(error: FunctionError): HttpAnswer {
  return {
    status: 502,
    headers: { ...JSON_TYPE, 'x-fc-error-type': UNHANDLED_ERROR_TYPE },
    body: Buffer.from(JSON.stringify(error)),
  };
}

function platformError(status: number, code: string, message: string): HttpAnswer {
  const headers = { ...JSON_TYPE, 'x-fc-error-type': 'FcCommonError' };
  return { status, headers, body: Buffer.from(JSON.stringify({ Code: code, Message: message })) };
}

const BODILESS = [204, 304];

function sendHttpAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Set by hand, because an answer to HEAD states the length of the body that it leaves out.
  if (!BODILESS.includes(status)) response.setHeader('content-length', body.length);
  response.end(body);
}
