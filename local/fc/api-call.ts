import type { IncomingMessage } from 'node:http';

import { readBody } from '../server.ts';
import { MAX_BODY_BYTES } from './http-answer.ts';

/** One call of the API, before anybody has decided whether to believe it. */
export interface ApiCall {
  readonly method: string;
  /** As it was sent, percent-encoding included. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** All headers by their lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a call is turned away. https://www.alibabacloud.com/help/en/functioncompute/error-codes */
export interface ApiError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export async function readCall(request: IncomingMessage): Promise<ApiCall> {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  const headers = Object.entries(request.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(','),
  ]);
  return {
    method: request.method ?? 'GET',
    path,
    query,
    body: await readBody(request, MAX_BODY_BYTES),
    headers: Object.fromEntries(headers),
  };
}
