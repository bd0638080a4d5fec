import type { ViewRequest } from '../../core/request.ts';

export type CallParameters = ReadonlyMap<string, string>;

/** A request to the API of ECS, before its signature is checked. */
export interface ApiCall {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly query: CallParameters;
  /** Query and form together. */
  readonly parameters: CallParameters;
  /** ACS3 (V3) signs by headers, V1 by parameters. */
  readonly scheme: 'ACS3' | 'V1';
  readonly action: string;
  readonly version: string;
  readonly format: 'json' | 'xml';
}

/**
 * The API call in a request to `/`: one with an `Action` in its query, its form or its headers.
 * Undefined: the request is for the view. OPTIONS is always for the view.
 */
export function apiCallIn(request: Omit<ViewRequest, 'access'>): ApiCall | undefined {
  const { method, path, query, headers, body } = request;
  if (path.length > 0 || method === 'OPTIONS') return undefined;
  const form = formIn(request);
  const parameters = form === undefined ? query : new Map([...query, ...form]);
  if (!parameters.has('Action') && !headers.has('x-acs-action')) return undefined;
  // Clients of V1 send `x-acs-action` too, but their signature does not cover it.
  const scheme = isAcs3(headers) ? 'ACS3' : 'V1';
  const part = (name: 'Action' | 'Version'): string =>
    (scheme === 'ACS3' ? headers.get(`x-acs-${name.toLowerCase()}`) : parameters.get(name)) ?? '';
  return {
    method,
    headers,
    body,
    query,
    parameters,
    scheme,
    action: part('Action'),
    version: part('Version'),
    format: formatOf(scheme, parameters),
  };
}

function isAcs3(headers: ApiCall['headers']): boolean {
  return headers.get('authorization')?.startsWith('ACS3-') ?? false;
}

/** 100 ids make a form of 4 kB. A form that is larger than this is not looked into. */
const MAX_FORM_BYTES = 64 * 1024;

function formIn({
  headers,
  body,
}: Pick<ViewRequest, 'headers' | 'body'>): URLSearchParams | undefined {
  const mediaType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  const isForm = mediaType === 'application/x-www-form-urlencoded' && body.length <= MAX_FORM_BYTES;
  return isForm ? new URLSearchParams(new TextDecoder().decode(body)) : undefined;
}

/**
 * XML is what V1 answers where `Format` is left out; clients of ACS3 send none and read JSON.
 * https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
 */
function formatOf(scheme: ApiCall['scheme'], parameters: CallParameters): ApiCall['format'] {
  const asked = parameters.get('Format')?.toLowerCase() ?? (scheme === 'ACS3' ? 'json' : 'xml');
  return asked === 'json' ? 'json' : 'xml';
}
