import type { IncomingHttpHeaders } from 'node:http';
import { checkMethod } from '../../shared/view/core/check-method.ts';
import { matchRoute } from '../../shared/view/core/match-route.ts';
import { errorReply, type Reply } from '../../shared/view/core/reply.ts';
import { ROUTES } from '../../shared/view/routes/index.ts';

/** What becomes of a request to the page's server. */
export type Fate =
  | { readonly kind: 'page' }
  /** `path`: relative to the view's address, with its query. */
  | { readonly kind: 'forward'; readonly path: string }
  | { readonly kind: 'refused'; readonly reply: Reply };

interface PageRequest {
  readonly method: string;
  /** As it is in the first line of the request: `/instances?status=Stopped`. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** Only the page itself, and what a browser opens, reach the view with its token. */
export function fateOf({ method, target, headers }: PageRequest): Fate {
  if (!LOOPBACK_NAME.test(headers.host ?? '')) return refused(WRONG_HOST);
  if (isOfAnotherSite(headers)) return refused(OTHER_SITE);
  const methodProblem = checkMethod(['GET'], method);
  if (methodProblem !== undefined) return refused(methodProblem);
  const [rawPath = '', ...query] = target.split('?');
  const segments = segmentsOf(rawPath);
  const route = segments && matchRoute(ROUTES, segments)?.route;
  if (route === undefined) return refused(NOT_FOUND);
  const isForReader = headers.accept?.toLowerCase().includes('text/html') ?? false;
  if (route.path === '/' && isForReader) return { kind: 'page' };
  const path = rawPath.replace(/^\/+/u, '');
  return { kind: 'forward', path: query.length === 0 ? path : `${path}?${query.join('?')}` };
}

/**
 * A page of the web can give its own host name the address 127.0.0.1. Its script would then be at
 * home here, and read the fleet.
 */
const LOOPBACK_NAME = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/iu;

/** A link may lead here from anywhere; nothing else of another site, or of another port, may. */
function isOfAnotherSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return (
    (site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate'
  );
}

/** Undefined: the path is none of a view. A gateway must not find another address in it. */
function segmentsOf(rawPath: string): readonly string[] | undefined {
  if (!rawPath.startsWith('/')) return undefined;
  try {
    const segments = rawPath.split('/').filter(Boolean).map(decodeURIComponent);
    const isPlain = segments.every((segment) => !/^\.{1,2}$|[/\\]/u.test(segment));
    return isPlain ? segments : undefined;
  } catch {
    return undefined;
  }
}

function refused(reply: Reply): Fate {
  return { kind: 'refused', reply };
}

const WRONG_HOST = errorReply(
  421,
  'wrong-host',
  'the page is served for 127.0.0.1 and localhost only',
);
const OTHER_SITE = errorReply(403, 'other-site', 'only the page itself may ask here');
const NOT_FOUND = errorReply(404, 'not-found', 'the view has no such address');
