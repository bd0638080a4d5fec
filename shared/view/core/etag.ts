import type { ViewAnswer } from './answer.ts';
import type { ViewRequest } from './request.ts';

// Source: RFC 9110, sections 8.8.3 (ETag), 13.1.2 (If-None-Match) and 15.4.5 (304 Not Modified).

/** Whether the client already has this answer. Only a success can be unchanged. */
export function isUnchanged(
  { status, headers }: ViewAnswer,
  { method, headers: sent }: Pick<ViewRequest, 'method' | 'headers'>,
): boolean {
  const { etag } = headers;
  const isRead = method === 'GET' || method === 'HEAD';
  const isSuccess = status >= 200 && status < 300;
  if (!isRead || !isSuccess || etag === undefined) return false;
  return sent.get(IF_NONE_MATCH)?.trim() === '*' || isTagSent(sent, etag);
}

const IF_NONE_MATCH = 'if-none-match';

/** Quoted tags of a list; a comma may be inside the quotes. */
const OPAQUE_TAG = /"[\x21\x23-\x7e\x80-\xff]*"/gu;

/**
 * Whether a client names the answer with this tag. If-None-Match compares weakly: a tag with and one
 * without the prefix `W/` are equal.
 */
export function isTagSent(sent: ViewRequest['headers'], etag: string): boolean {
  const tags: readonly string[] = sent.get(IF_NONE_MATCH)?.match(OPAQUE_TAG) ?? [];
  return tags.includes(etag.replace(/^W\//u, ''));
}

/** All headers stay, the cache rule and the tag among them; only those of a body go with it. */
export function notModified({ headers }: ViewAnswer): ViewAnswer {
  const { 'content-type': _, ...kept } = headers;
  return { status: 304, headers: kept, body: '' };
}
