import { JSON_TYPE, PROBLEM_TYPE, problemSchema } from '../render.ts';
import { type Schema, TEXT } from '../schema.ts';
import type { Headers, ResponseDescription } from './description.ts';

export function jsonResponse(
  description: string,
  schema: Schema,
  headers: Headers = {},
): ResponseDescription {
  return { description, headers, content: { [JSON_TYPE]: schema } };
}

/** `extra`: the fields that the problem may have besides its own. */
export function problemResponse(
  description: string,
  extra?: Readonly<Record<string, Schema>>,
): ResponseDescription {
  return { description, content: { [PROBLEM_TYPE]: problemSchema(extra) } };
}

export const BAD_REQUEST = problemResponse(
  'What is wrong with the parameters, and what is allowed.',
);

export const UNREADABLE = problemResponse('The journal could not be read.');

export const ETAG_HEADER: Headers = {
  etag: { description: 'Sent as If-None-Match, it makes an unchanged answer a 304.', schema: TEXT },
};

export const NOT_MODIFIED: ResponseDescription = {
  description: 'The answer is still the one with the sent ETag.',
  headers: ETAG_HEADER,
};
