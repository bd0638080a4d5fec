import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { readBody } from '../server.ts';

export type Parameters = ReadonlyMap<string, string>;

/** One call as it came in, before its signature is checked. */
export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly query: Parameters;
  /** Query and form together, decoded. */
  readonly parameters: Parameters;
  readonly scheme: Scheme;
  readonly action: string;
  readonly version: string;
  readonly format: 'json' | 'xml';
}

/** How a call is signed: ACS3 (V3) says it in headers, RPC (V1) in parameters. */
type Scheme = 'ACS3' | 'RPC';

// 100 ids make a call of 3.6 kB; this leaves room for user data in a RunInstances body.
const MAX_CALL_BYTES = 1_048_576;

export async function readCall(request: IncomingMessage): Promise<ApiCall> {
  const body = await readBody(request, MAX_CALL_BYTES);
  const { path, search } = splitTarget(request.url ?? '/');
  const query = new Map(new URLSearchParams(search));
  const parameters = new Map([...query, ...formOf(request.headers, body)]);
  const { headers } = request;
  const scheme = headers.authorization?.startsWith('ACS3-') ? 'ACS3' : 'RPC';
  return {
    method: request.method ?? 'GET',
    path,
    headers,
    body,
    query,
    parameters,
    scheme,
    action: actionPart(scheme, 'Action', headers, parameters),
    version: actionPart(scheme, 'Version', headers, parameters),
    format: formatOf(scheme, parameters),
  };
}

function splitTarget(target: string): { path: string; search: string } {
  const mark = target.indexOf('?');
  if (mark < 0) return { path: target, search: '' };
  return { path: target.slice(0, mark), search: target.slice(mark + 1) };
}

function formOf(headers: IncomingHttpHeaders, body: Buffer): URLSearchParams {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams(isForm ? body.toString() : '');
}

// Old clients send x-acs-action beside a V1 signature, which does not cover it: there it is ignored.
function actionPart(
  scheme: Scheme,
  name: 'Action' | 'Version',
  headers: IncomingHttpHeaders,
  parameters: Parameters,
): string {
  const header = headers[`x-acs-${name.toLowerCase()}`];
  const value = scheme === 'ACS3' ? header : parameters.get(name);
  return typeof value === 'string' ? value : '';
}

// XML is the default of V1; V3 clients never send a Format and read JSON.
function formatOf(scheme: Scheme, parameters: Parameters): 'json' | 'xml' {
  const asked = parameters.get('Format')?.toLowerCase();
  if (asked === undefined) return scheme === 'ACS3' ? 'json' : 'xml';
  return asked === 'json' ? 'json' : 'xml';
}
