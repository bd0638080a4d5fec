import type { QueryParameters } from './request.ts';

/** Requests to the view and its answers as values; the wire around them is the edge's. */
export interface ViewRequest {
  readonly method: string;
  /** The decoded segments: none for `/`, two for `/instances/i-1`. */
  readonly path: readonly string[];
  /** Name → value; several values of one name come joined by commas. */
  readonly query: QueryParameters;
  /** A browser asks, not a program. */
  readonly wantsHtml: boolean;
  readonly access: Access;
}

/** `closed`: nobody can be let in, because no token was ever configured. */
export type Access = 'granted' | 'refused' | 'closed';

export interface ViewAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What went wrong inside, for the log; the caller reads it in the body. */
  readonly problem?: string;
}

/** An answer before it is written down: for programs, or as a page. */
export type Reply = (
  | { readonly json: object }
  | { readonly page: string }
  | { readonly error: ErrorBody; readonly extra?: object }
) & {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly problem?: string;
};

export interface ErrorBody {
  /** For programs; the same for every failure of its kind. */
  readonly code: string;
  /** For people. */
  readonly message: string;
}

export type Route =
  | { readonly kind: 'home' | 'instances' | 'changes' | 'health' | 'unknown' }
  | { readonly kind: 'instance'; readonly instanceId: string };

export function routeOf(path: readonly string[]): Route {
  const [collection, id, ...rest] = path;
  if (rest.length > 0) return { kind: 'unknown' };
  if (collection === undefined) return { kind: 'home' };
  if (collection === 'instances' && id !== undefined) return { kind: 'instance', instanceId: id };
  if (id !== undefined) return { kind: 'unknown' };
  if (collection === 'instances' || collection === 'changes') return { kind: collection };
  return { kind: collection === 'healthz' ? 'health' : 'unknown' };
}

export const READING_METHODS: readonly string[] = ['GET', 'HEAD'];

/** Nothing but reading is allowed, and only to those who may. Null: go on. */
export function authorize({ kind }: Route, { method, access }: ViewRequest): Reply | null {
  if (!READING_METHODS.includes(method)) {
    const allowed = READING_METHODS.join(', ');
    const message = `the view is read-only: use ${READING_METHODS.join(' or ')}`;
    return { ...errorReply(405, 'method-not-allowed', message), headers: { allow: allowed } };
  }
  // Whoever watches the watcher needs no token, and is told nothing that would need one.
  if (kind === 'health' || access === 'granted') return null;
  if (access === 'closed') {
    const message =
      'nobody is let in, because VIEW_TOKEN is not set: set it to a secret that readers must ' +
      'send, or set VIEW_PUBLIC=true to let everybody read';
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

export function errorReply(status: number, code: string, message: string): Reply {
  return { status, error: { code, message } };
}

/** Everything that is wrong with a request, at once. */
export function badRequest(problems: readonly string[]): Reply {
  return errorReply(400, 'bad-request', problems.join('; '));
}

const JSON_TYPE = 'application/json; charset=utf-8';
const HTML_TYPE = 'text/html; charset=utf-8';

/** Writes a reply down; `errorPage` is given when a failure is to be shown as a page. */
export function render(reply: Reply, errorPage?: (failure: ErrorBody) => string): ViewAnswer {
  const { status, headers = {}, problem } = reply;
  const answer = (type: string, body: string): ViewAnswer => ({
    status,
    headers: { 'content-type': type, ...headers },
    body,
    ...(problem !== undefined && { problem }),
  });
  if ('page' in reply) return answer(HTML_TYPE, reply.page);
  if ('json' in reply) return answer(JSON_TYPE, pretty(reply.json));
  const { error, extra: beside } = reply;
  if (errorPage !== undefined) return answer(HTML_TYPE, errorPage(error));
  return answer(JSON_TYPE, pretty({ error, ...beside }));
}

function pretty(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
