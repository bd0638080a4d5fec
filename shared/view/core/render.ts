import type { ViewAnswer } from './answer.ts';
import { isUnchanged, notModified } from './etag.ts';
import { pretty } from './json-text.ts';
import type { ErrorBody, Reply } from './reply.ts';
import type { ViewRequest } from './request.ts';
import { named, objectSchema, type Schema, TEXT } from './schema.ts';

/** Writes a reply down for its request. `cacheControl` is for success only; no error is kept. */
export function render(
  reply: Reply,
  request: Pick<ViewRequest, 'method' | 'headers'>,
  cacheControl?: string,
): ViewAnswer {
  const whole = wholeAnswer(reply, cacheControl);
  const answer = isUnchanged(whole, request) ? notModified(whole) : whole;
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
}

function wholeAnswer(reply: Reply, cacheControl = 'no-store'): ViewAnswer {
  const { status, headers = {}, etag, problem } = reply;
  const [mediaType, body] = bodyOf(reply);
  return {
    status,
    headers: {
      ...(mediaType !== undefined && { 'content-type': mediaType }),
      'cache-control': status < 300 || status === 304 ? cacheControl : 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      ...(etag !== undefined && { etag }),
      ...headers,
    },
    body,
    ...(problem !== undefined && { problem }),
  };
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

function bodyOf(reply: Reply): readonly [string | undefined, string | Uint8Array] {
  if ('json' in reply) return [JSON_TYPE, `${pretty(reply.json)}\n`];
  if ('error' in reply) return [PROBLEM_TYPE, `${pretty(problemJson(reply))}\n`];
  if ('content' in reply) return [reply.mediaType, reply.content];
  return [undefined, ''];
}

/** A problem document. Source: RFC 9457, section 3. */
function problemJson({ error, status, extra }: Extract<Reply, { error: ErrorBody }>): object {
  const { code, message } = error;
  const [first = '', ...rest] = code.replaceAll('-', ' ');
  const title = `${first.toUpperCase()}${rest.join('')}`;
  return { type: `urn:ecs-watch:${code}`, title, status, detail: message, ...extra };
}

const PROBLEM_FIELDS = {
  type: { type: 'string', pattern: '^urn:ecs-watch:[a-z-]+$' },
  title: TEXT,
  status: { type: 'integer', minimum: 400, maximum: 599 },
  detail: TEXT,
};
const PROBLEM_SCHEMA = named('Problem', objectSchema(PROBLEM_FIELDS));

/** `extra`: the fields that the problem may have besides its own. */
export function problemSchema(extra?: Readonly<Record<string, Schema>>): Schema {
  return extra === undefined ? PROBLEM_SCHEMA : objectSchema(PROBLEM_FIELDS, extra);
}
