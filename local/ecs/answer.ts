import type { ApiError } from './errors.ts';
import type { ApiCall } from './request.ts';
import { xml } from './xml.ts';

/** The members of an answer's body. */
export type Body = Readonly<Record<string, unknown>>;

/** What is sent, unless a fault changes it. */
export interface EcsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export function success(call: ApiCall, requestId: string, body: Body): EcsAnswer {
  return encode(call, 200, `${call.action}Response`, { ...body, RequestId: requestId });
}

export function failure(
  call: ApiCall,
  requestId: string,
  error: ApiError,
  product = 'Ecs',
): EcsAnswer {
  const { status, code, message, details, headers } = error;
  const body = {
    RequestId: requestId,
    HostId: call.headers.host ?? '',
    Code: code,
    Message: message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${code}&product=${product}&requestId=${requestId}`,
    ...details,
  };
  return encode(call, status, 'Error', body, headers);
}

// ecs20140526 v7 reads an XML error only under exactly this content type, without a space in it.
const CONTENT_TYPES = {
  json: 'application/json;charset=utf-8',
  xml: 'text/xml;charset=utf-8',
};

function encode(
  call: ApiCall,
  status: number,
  root: string,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): EcsAnswer {
  return {
    status,
    headers: { ...headers, 'content-type': CONTENT_TYPES[call.format] },
    text: call.format === 'json' ? JSON.stringify(body) : xml(root, body),
  };
}
