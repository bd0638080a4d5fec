import { gzipSync } from 'node:zlib';
import { parseJson } from '../core/json.ts';
import type { ViewAnswer } from '../view/core/answer.ts';
import { render } from '../view/core/render.ts';
import { badRequest } from '../view/core/reply.ts';
import type { Access, QueryParameters, ViewRequest } from '../view/core/request.ts';

/** An HTTP trigger's event, as far as it is used. */
export interface HttpEvent {
  readonly method: string;
  /** URL-encoded. */
  readonly rawPath: string;
  readonly query: QueryParameters;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly requestId: string | undefined;
}

/**
 * The v1 event in the buffer. InvokeFunction passes on any bytes that its caller sends, so every
 * part may be absent, and a part of a wrong type counts as absent.
 * https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function
 */
export function parseHttpEvent(event: Buffer): HttpEvent {
  const { rawPath, queryParameters, headers, body, isBase64Encoded, requestContext } = recordIn(
    parseJson(event.toString()),
  );
  const { requestId, http } = recordIn(requestContext);
  return {
    method: stringIn(recordIn(http).method) ?? 'GET',
    rawPath: stringIn(rawPath) ?? '/',
    query: stringsIn(queryParameters),
    // Function Compute writes header names as `accept` or as `Accept`, depending on the way in.
    headers: stringsIn(headers, (name) => name.toLowerCase()),
    body: Buffer.from(stringIn(body) ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
    requestId: stringIn(requestId),
  };
}

const NOTHING: Readonly<Record<string, unknown>> = {};

function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : NOTHING;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function stringIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function stringsIn(value: unknown, nameOf = (name: string) => name): ReadonlyMap<string, string> {
  const strings = new Map<string, string>();
  for (const [name, text] of Object.entries(recordIn(value))) {
    if (typeof text === 'string') strings.set(nameOf(name), text);
  }
  return strings;
}

/** The path of an event from InvokeFunction; the trigger's events have the path of the request. */
const INVOCATION_PATH = /^\/\d{4}-\d\d-\d\d\/functions\/[^/]+\/invocations$/u;

export function requestOf(event: HttpEvent, access: Access): ViewRequest {
  const { method, rawPath, query, headers, body } = event;
  return INVOCATION_PATH.test(rawPath)
    ? { method: 'GET', path: [], query: new Map(), headers: ofReader(headers), body, access }
    : { method, path: segmentsOf(rawPath), query, headers, body, access };
}

/** Without those that make the invocation itself a call of an API, which the view would answer. */
function ofReader(headers: HttpEvent['headers']): HttpEvent['headers'] {
  return new Map([...headers].filter(([name]) => !name.startsWith('x-acs-')));
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

/** The shape of an answer that Function Compute passes on unchanged. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
  readonly body: string;
}

/** Smaller answers are not worth the time that it takes to compress them. */
const MIN_GZIP_BYTES = 1_024;

/**
 * Of the answer of a function, as JSON.
 * https://www.alibabacloud.com/help/en/functioncompute/fc/product-overview/limits
 */
const MAX_RESPONSE_MB = 32;
const MAX_RESPONSE_BYTES = MAX_RESPONSE_MB * 1_024 * 1_024;
/** What is around the body: the headers have 8 KB at most. */
const MAX_BODY_BYTES = MAX_RESPONSE_BYTES - 16 * 1_024;
/** A character of a text as JSON: \u0001. */
const MAX_BYTES_PER_CHARACTER = 6;

/**
 * Function Compute sets `content-length` and `date` itself. An answer of some size is compressed for a
 * client that accepts it: a list of instances takes about a tenth.
 */
export function responseOf(answer: ViewAnswer, request: ResponseRequest): HttpResponse {
  const response = packed(answer, request);
  // Function Compute would answer in its own words, which name neither the limit nor the way out.
  return isTooLarge(response) ? packed(tooLarge(answer), request) : response;
}

interface ResponseRequest {
  readonly requestId: string;
  /** The header `Accept-Encoding`. */
  readonly accepted: string;
}

function packed(
  { status, headers, body }: ViewAnswer,
  { requestId, accepted }: ResponseRequest,
): HttpResponse {
  const isText = typeof body === 'string';
  // A character takes a byte at least, and a long text need not be counted.
  const isLong =
    isText && (body.length >= MIN_GZIP_BYTES || Buffer.byteLength(body) >= MIN_GZIP_BYTES);
  const isPacked = isLong && acceptsGzip(accepted);
  const vary = [headers.vary, 'accept-encoding'].filter((name) => name !== undefined).join(', ');
  return {
    statusCode: status,
    headers: {
      ...headers,
      // On all of them: an answer to HEAD has no body, and the same headers as that to GET.
      vary,
      ...(isPacked && { 'content-encoding': 'gzip' }),
      'x-request-id': requestId,
    },
    isBase64Encoded: isPacked || !isText,
    body: isPacked
      ? gzipSync(body).toString('base64')
      : isText
        ? body
        : Buffer.from(body).toString('base64'),
  };
}

function isTooLarge({ body }: HttpResponse): boolean {
  // Most answers need not be counted.
  if (body.length * MAX_BYTES_PER_CHARACTER <= MAX_BODY_BYTES) return false;
  return Buffer.byteLength(JSON.stringify(body)) > MAX_BODY_BYTES;
}

function tooLarge({ headers: { etag: _, ...headers } }: ViewAnswer): ViewAnswer {
  const problem =
    `the answer has more than the ${MAX_RESPONSE_MB} MB that Function Compute passes on: ask for it ` +
    'with gzip (Accept-Encoding: gzip, curl --compressed), or for less with limit';
  const refusal = render(badRequest([problem]), { method: 'GET', headers: new Map() });
  return { ...refusal, headers: { ...headers, ...refusal.headers } };
}

/** `gzip;q=0` refuses it. Source: RFC 9110, section 12.5.3. */
function acceptsGzip(accepted: string): boolean {
  return accepted
    .toLowerCase()
    .split(',')
    .map((coding) => coding.split(';').map((part) => part.trim()))
    .some(([name, quality = '']) => name === 'gzip' && !/^q=0(?:\.0{1,3})?$/u.test(quality));
}
