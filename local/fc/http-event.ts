import type { IncomingMessage } from 'node:http';

import { LOCAL_ACCOUNT_ID } from './options.ts';

// https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function

/** The v1 event that the platform makes of an HTTP request. */
interface HttpEvent {
  readonly version: 'v1';
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParameters: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly accountId: string;
    readonly domainName: string;
    readonly domainPrefix: string;
    readonly requestId: string;
    readonly time: string;
    readonly timeEpoch: string;
    readonly http: {
      readonly method: string;
      readonly path: string;
      readonly protocol: string;
      readonly sourceIp: string;
      readonly userAgent: string;
    };
  };
}

export function httpEvent(
  request: IncomingMessage,
  body: Buffer,
  { requestId, nowMs }: { requestId: string; nowMs: number },
): HttpEvent {
  const { method = 'GET', headers, httpVersion, socket } = request;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const domainName = headers.host ?? '';
  const isBase64Encoded = body.length > 0 && !isTextType(headers['content-type'] ?? '');
  return {
    version: 'v1',
    rawPath: pathname,
    headers: eventHeaders(request),
    queryParameters: queryParameters(searchParams),
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
    requestContext: {
      accountId: LOCAL_ACCOUNT_ID,
      domainName,
      domainPrefix: domainName.split('.')[0] ?? '',
      requestId,
      time: new Date(nowMs).toISOString(),
      timeEpoch: String(nowMs),
      http: {
        method,
        path: decodedPath(pathname),
        protocol: `HTTP/${httpVersion}`,
        sourceIp: socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
    },
  };
}

const TEXT_TYPES = [
  /^text\//,
  /^application\/(json|xml|javascript|x-www-form-urlencoded)\b/,
  /^application\/[\w.-]+\+(json|xml)\b/,
];

function isTextType(contentType: string): boolean {
  return TEXT_TYPES.some((type) => type.test(contentType.toLowerCase()));
}

/** Headers that belong to the connection or to the platform, and never reach the function. */
const DROPPED = /^(connection|keep-alive|x-fc-.*)$/;

function eventHeaders(request: IncomingMessage): Record<string, string> {
  const kept = Object.entries(request.headersDistinct).filter(([name]) => !DROPPED.test(name));
  return Object.fromEntries(
    kept.map(([name, values = []]) => [canonicalCase(name), values.join(',')]),
  );
}

/** `content-type` becomes `Content-Type`, so that a function that knows one spelling only fails here. */
function canonicalCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function queryParameters(parameters: URLSearchParams): Record<string, string> {
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(names.map((name) => [name, parameters.getAll(name).join(',')]));
}

function decodedPath(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return rawPath;
  }
}
