import { createHash } from 'node:crypto';
import { PAGE_STYLE } from '../view/core/page/style.ts';
import type { QueryParameters } from '../view/core/request.ts';
import type { Access, ViewAnswer, ViewRequest } from '../view/core/response.ts';

/**
 * The v1 event of an HTTP trigger, as far as it is used. Every part may be missing: InvokeFunction
 * hands over whatever its caller sent.
 * https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function
 */
export interface HttpEvent {
  readonly rawPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly queryParameters?: Readonly<Record<string, string>>;
  readonly requestContext?: {
    readonly requestId?: string;
    readonly http?: { readonly method?: string };
  };
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isBase64Encoded: false;
  readonly body: string;
}

/** The event in the buffer; an empty one when there is no JSON object in it. */
export function parseHttpEvent(event: Buffer): HttpEvent {
  try {
    const value: unknown = JSON.parse(event.toString());
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The path that an event has when the function was not called by its trigger but invoked. */
const INVOCATION_PATH = /^\/\d{4}-\d\d-\d\d\/functions\/[^/]+\/invocations$/u;

export function requestOf(
  event: HttpEvent,
  accessOf: (authorization: string) => Access,
): ViewRequest {
  const { rawPath = '/', queryParameters = {} } = event;
  const isInvoked = INVOCATION_PATH.test(rawPath);
  const query: QueryParameters = isInvoked ? new Map() : new Map(Object.entries(queryParameters));
  return {
    method: isInvoked ? 'GET' : methodOf(event),
    path: isInvoked ? [] : segmentsOf(rawPath),
    query,
    wantsHtml: headerOf(event, 'accept').toLowerCase().includes('text/html'),
    access: accessOf(headerOf(event, 'authorization')),
  };
}

export function methodOf({ requestContext }: HttpEvent): string {
  return requestContext?.http?.method ?? 'GET';
}

/** Function Compute writes header names as `accept` or as `Accept`, depending on the way in. */
function headerOf({ headers = {} }: HttpEvent, name: string): string {
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return entry?.[1] ?? '';
}

function segmentsOf(rawPath: string): readonly string[] {
  return rawPath
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The page needs its own style sheet and may send its form back here; nothing else is allowed. */
const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** An answer in the shape that Function Compute passes on as it is. */
export function responseOf(
  { status, headers, body }: ViewAnswer,
  { method, requestId }: { readonly method: string; readonly requestId: string },
): HttpResponse {
  const isPage = headers['content-type']?.startsWith('text/html') ?? false;
  return {
    statusCode: status,
    headers: {
      ...headers,
      'cache-control': 'no-store',
      'x-request-id': requestId,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...(isPage && { 'content-security-policy': PAGE_POLICY }),
    },
    isBase64Encoded: false,
    body: method === 'HEAD' ? '' : body,
  };
}
