import { validateHeaderName, validateHeaderValue } from 'node:http';

/** What a client of an HTTP trigger gets. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const MAX_HEADER_BYTES = 8 * 1024;
export const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

/** Headers that the platform sets itself; those of the function are dropped. */
const KEPT_BY_PLATFORM = /^(connection|content-length|date|keep-alive|server|x-fc-.*)$/i;

/** The HTTP answer that a function's result describes, or what is wrong with the result. */
export function httpAnswer(result: Buffer): HttpAnswer | { readonly problem: string } {
  const response = parseResponse(result);
  // "By its own assumptions": a result without a status is itself the body of a good answer.
  if (response === null) return { status: 200, headers: JSON_TYPE, body: result };

  const { statusCode, headers = {}, body = '', isBase64Encoded = false } = response;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    return { problem: `statusCode ${statusCode} is no HTTP status` };
  }
  if (typeof body !== 'string') return { problem: 'body must be a string' };
  const answer = {
    status,
    headers: keptHeaders(headers),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
  const problem = headersProblem(answer.headers);
  if (problem !== null) return { problem };
  return answer.body.length > MAX_PAYLOAD_BYTES
    ? { problem: `the body is larger than ${MAX_PAYLOAD_BYTES} bytes` }
    : answer;
}

export const JSON_TYPE = { 'content-type': 'application/json' };

interface Response {
  readonly statusCode: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly isBase64Encoded?: unknown;
  readonly body?: unknown;
}

function parseResponse(result: Buffer): Response | null {
  try {
    const value: unknown = JSON.parse(result.toString());
    const isResponse = typeof value === 'object' && value !== null && 'statusCode' in value;
    return isResponse ? value : null;
  } catch {
    return null;
  }
}

function keptHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !KEPT_BY_PLATFORM.test(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function headersProblem(headers: Readonly<Record<string, string>>): string | null {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return `header ${name} cannot be sent`;
    }
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes > MAX_HEADER_BYTES ? `the headers are larger than ${MAX_HEADER_BYTES} bytes` : null;
}
