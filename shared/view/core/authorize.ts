import type { Responses } from './openapi/description.ts';
import { problemResponse } from './openapi/responses.ts';
import { errorReply, type Reply } from './reply.ts';
import type { ViewRequest } from './request.ts';
import { TEXT } from './schema.ts';

/**
 * What a route asks of its callers: nothing, a token that may be for monitoring only, one that is
 * not, one with all rights, or one that may write notes.
 */
export type RouteAccess = 'open' | 'monitoring' | 'token' | 'all-rights' | 'notes';

/** Refuses callers that lack a token, or whose token has no right to the route. Undefined: go on. */
export function authorize(
  route: RouteAccess,
  { access, headers, author }: Pick<ViewRequest, 'access' | 'headers' | 'author'>,
): Reply | undefined {
  if (route === 'open') return undefined;
  if (access === 'closed') return CLOSED;
  if (access === 'refused') return headers.has(FROM_SCRIPT) ? UNAUTHORIZED_SCRIPT : UNAUTHORIZED;
  // Also where the view is public, or a token has all rights: those are rights to read.
  if (route === 'notes') return author === undefined ? NEEDS_NOTES : undefined;
  if (access === 'granted') return undefined;
  if (route === 'all-rights') return NEEDS_ALL_RIGHTS;
  return route === 'token' && access.addresses === 'monitoring' ? MONITORING_ONLY : undefined;
}

const CLOSED = errorReply(
  403,
  'closed',
  'the view is closed because VIEW_TOKEN is not set: set it to a secret that readers send, ' +
    'or set VIEW_PUBLIC=true to let everyone read',
);

/** Scripts of a page say so by this header, as many libraries do. */
const FROM_SCRIPT = 'x-requested-with';
const BEARER = 'Bearer realm="ecs-watch"';

const UNAUTHORIZED: Reply = {
  ...errorReply(
    401,
    'unauthorized',
    'send the token of the view as a bearer token, or as the password of Basic',
  ),
  headers: { 'www-authenticate': `Basic realm="ecs-watch", charset="UTF-8", ${BEARER}` },
};

/** A browser that is offered Basic asks for a password, and a page that polls stands still meanwhile. */
const UNAUTHORIZED_SCRIPT: Reply = { ...UNAUTHORIZED, headers: { 'www-authenticate': BEARER } };

const MONITORING_ONLY = errorReply(
  403,
  'forbidden',
  'this token is for monitoring only: it opens /metrics and /sd, and no other address',
);

const NEEDS_ALL_RIGHTS = errorReply(
  403,
  'forbidden',
  'this address is about channels, which belong to no account or region: it needs a token with all rights',
);

const NEEDS_NOTES = errorReply(
  403,
  'forbidden',
  'notes are written with a token of VIEW_TOKENS that has the right notes, as in: ops all notes TOKEN',
);

const ANONYMOUS = {
  401: {
    ...problemResponse('No token was sent, or a wrong one.'),
    headers: { 'www-authenticate': { description: 'Basic and Bearer.', schema: TEXT } },
  },
};

/** What callers are answered that lack a right to the address. */
export const REFUSALS: Readonly<Record<RouteAccess, Responses>> = {
  open: {},
  monitoring: { ...ANONYMOUS, 403: problemResponse('The view has no token at all.') },
  token: { ...ANONYMOUS, 403: problemResponse('The token is for monitoring only.') },
  'all-rights': { ...ANONYMOUS, 403: problemResponse('The token has not all rights.') },
  notes: { ...ANONYMOUS, 403: problemResponse('The token may not write notes.') },
};
