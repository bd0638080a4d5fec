import type { Reply } from '../../core/reply.ts';
import type { ApiCall } from './call.ts';
import type { Failure } from './failure.ts';
import { type Body, xml } from './xml.ts';

/** The answer to a call in the format that it asks for. */
export function successReply(call: ApiCall, requestId: string, body: Body): Reply {
  const id = { RequestId: shownId(requestId) };
  if (call.format === 'json') return inJson(200, `${openText(body)}${JSON.stringify(id).slice(1)}`);
  return encoded(call, 200, `${call.action}Response`, { ...body, ...id });
}

/** The body of a page is asked for again and again, each time with another request id. */
const openTextOf = new WeakMap<Body, string>();

/** A body as JSON that one more member ends; it is not empty. */
function openText(body: Body): string {
  const text = openTextOf.get(body) ?? `${JSON.stringify(body).slice(0, -1)},`;
  openTextOf.set(body, text);
  return text;
}

function inJson(status: number, content: string): Reply {
  return { status, content, mediaType: MEDIA_TYPES.json };
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
  if (format === 'json') return inJson(status, JSON.stringify(body));
  return { status, content: xml(root, body), mediaType: MEDIA_TYPES.xml };
}
