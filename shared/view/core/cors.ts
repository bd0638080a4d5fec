import type { ViewAnswer } from './answer.ts';
import type { ViewRequest } from './request.ts';

// Source: Fetch Standard, "CORS protocol".

/** What scripts may send besides the headers that need no permission. */
const ALLOWED_HEADERS = 'authorization, if-none-match';
/** How long a browser may remember the answer to a preflight. */
const MAX_AGE_SECONDS = 600;

/**
 * The answer with what the scripts of these origins need to read it. Any other origin gets nothing
 * of it, and its browser keeps the answer from the script. Without origins, CORS is off.
 */
export function withCors(
  answer: ViewAnswer,
  request: Pick<ViewRequest, 'method' | 'headers'>,
  origins: readonly string[] = [],
): ViewAnswer {
  if (origins.length === 0) return answer;
  const { vary, allow = '' } = answer.headers;
  const headers = { ...answer.headers, vary: vary === undefined ? 'origin' : `${vary}, origin` };
  const origin = request.headers.get('origin');
  if (origin === undefined || !origins.includes(origin)) return { ...answer, headers };
  return {
    ...answer,
    headers: {
      ...headers,
      'access-control-allow-origin': origin,
      'access-control-expose-headers': exposedHeaders(answer),
      ...(isPreflight(request) && {
        'access-control-allow-methods': allow,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': String(MAX_AGE_SECONDS),
      }),
    },
  };
}

/** A browser asks so whether a script may send its request. */
export function isPreflight({ method, headers }: Pick<ViewRequest, 'method' | 'headers'>): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method');
}

/** Scripts see only a few headers unless they are named; the request id is added to every answer. */
function exposedHeaders({ headers }: ViewAnswer): string {
  const own = Object.keys(headers).filter(
    (name) => name === 'etag' || (name.startsWith('x-') && name !== 'x-content-type-options'),
  );
  return ['x-request-id', ...own].join(', ');
}
