import type { Reply } from '../../core/reply.ts';
import type { ApiCall } from './call.ts';
import type { Failure } from './failure.ts';
import { type Body, xml } from './xml.ts';

/** The answer to a call in the format that it asks for. */
export function successReply(call: ApiCall, requestId: string, body: Body): Reply {
  const members = { ...body, RequestId: shownId(requestId) };
  return encoded(call, 200, `${call.action}Response`, members);
}

/**
 * A failure in the shape of ECS. Some clients (pop-core) look at no status, only for a `Code` in the
 * body: every failure of a call must have one.
 */
export function failureReply(call: ApiCall, requestId: string, failure: Failure): Reply {
  const { status, code, message, problem } = failure;
  const reply = encoded(call, status, 'Error', {
    RequestId: shownId(requestId),
    HostId: call.headers.get('host') ?? '',
    Code: code,
    Message: message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${code}&product=Ecs`,
  });
  return { ...reply, ...(problem !== undefined && { problem }) };
}

/** ECS writes ids in upper case; the one in the header `x-request-id` and in the log is the same. */
function shownId(requestId: string): string {
  return requestId.toUpperCase();
}

/** ecs20140526 v7 reads an XML error only under exactly this type, without a space in it. */
const MEDIA_TYPES = { json: 'application/json;charset=utf-8', xml: 'text/xml;charset=utf-8' };

function encoded({ format }: ApiCall, status: number, root: string, body: Body): Reply {
  const content = format === 'json' ? JSON.stringify(body) : xml(root, body);
  return { status, content, mediaType: MEDIA_TYPES[format] };
}
