import type { IncomingMessage } from 'node:http';

import { readBody } from '../server.ts';
import { MAX_PAYLOAD_BYTES } from './http-answer.ts';

/** One call of the API, before its signature is checked. */
export interface InvokeCall {
  readonly method: string;
  /** As it was sent, percent-encoding included. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** All headers by their lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a call is refused. https://www.alibabacloud.com/help/en/functioncompute/error-codes */
export interface InvokeError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What is a little too large is read, so that the refusal can be sent. */
const MAX_READ_BYTES = 2 * MAX_PAYLOAD_BYTES;

export async function readInvokeCall(request: IncomingMessage): Promise<InvokeCall> {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  const headers = Object.entries(request.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(','),
  ]);
  return {
    method: request.method ?? 'GET',
    path,
    query,
    body: await readBody(request, MAX_READ_BYTES),
    headers: Object.fromEntries(headers),
  };
}
