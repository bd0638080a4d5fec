import type { ViewAnswer } from './core/answer.ts';
import { authorize } from './core/authorize.ts';
import { checkMethod } from './core/check-method.ts';
import { isPreflight, withCors } from './core/cors.ts';
import { matchRoute, type RouteMatch } from './core/match-route.ts';
import { render } from './core/render.ts';
import { errorReply, type Reply } from './core/reply.ts';
import { type ViewRequest, wantsHtml } from './core/request.ts';
import { limitPorts } from './limit-ports.ts';
import { errorAsPage } from './page-reply.ts';
import type { ViewPorts } from './ports.ts';
import { LINKS, ROUTES } from './routes/index.ts';
import type { Route } from './routes/route.ts';
import { unreadableReply } from './unreadable.ts';

/** One request to the view. It writes notes at most; what it cannot read it reports, and never guesses. */
export async function view(ports: ViewPorts, request: ViewRequest): Promise<ViewAnswer> {
  const match = matchRoute(ROUTES, request.path);
  const reply = await replyTo(ports, request, match);
  const shown = forReader(reply, request, match);
  const answer = render(shown, request, match?.route.cacheControl);
  return withCors(answer, request, ports.corsOrigins);
}

/**
 * The answer where the ports could not be made. A preflight needs none of them: refused, it would hide
 * the failure from the script.
 */
export function viewWithoutPorts(
  failure: Reply,
  request: ViewRequest,
  corsOrigins: readonly string[],
): ViewAnswer {
  const match = matchRoute(ROUTES, request.path);
  const reply =
    match && isPreflight(request) ? checkMethod(match.route.methods, request.method) : undefined;
  const shown = forReader(reply ?? failure, request, match);
  return withCors(render(shown, request), request, corsOrigins);
}

/** A browser that has asked for a page gets a failure as one, which can load itself again. */
function forReader(reply: Reply, request: ViewRequest, match?: RouteMatch<Route>): Reply {
  const isPage = match?.route.hasErrorPage === true && wantsHtml(request);
  return isPage ? errorAsPage(reply, request) : reply;
}

async function replyTo(
  ports: ViewPorts,
  request: ViewRequest,
  match: RouteMatch<Route> | undefined,
): Promise<Reply> {
  if (match === undefined) return authorize('token', request) ?? NOT_FOUND;
  const { route, parameters } = match;
  // An open route answers every caller alike.
  const own = route.access === 'open' ? ports : limitPorts(ports, request.access);
  return (
    checkMethod(route.methods, request.method) ??
    authorize(route.access, request) ??
    (await route.handler(own, request, parameters).catch(unreadableReply))
  );
}

const NOT_FOUND = errorReply(
  404,
  'not-found',
  `there is no such address; try ${Object.values(LINKS).join(', ')}`,
);
