import { errorReply, type Reply } from './reply.ts';
import type { Access } from './request.ts';

/** What a route asks of its callers: the token of the view, or nothing. */
export type RouteAccess = 'token' | 'open';

/** Refuses callers that lack the token. Undefined: go on. */
export function authorize(route: RouteAccess, access: Access): Reply | undefined {
  if (route === 'open' || access === 'granted') return undefined;
  if (access === 'closed') {
    const message =
      'the view is closed because VIEW_TOKEN is not set: set it to a secret that readers send, ' +
      'or set VIEW_PUBLIC=true to let everyone read';
    return errorReply(403, 'closed', message);
  }
  const message = 'send the token of the view as a bearer token, or as the password of Basic';
  return {
    ...errorReply(401, 'unauthorized', message),
    headers: {
      'www-authenticate': 'Basic realm="ecs-watch", charset="UTF-8", Bearer realm="ecs-watch"',
    },
  };
}
