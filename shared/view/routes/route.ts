import type { RouteAccess } from '../core/authorize.ts';
import type { PathParameters } from '../core/match-route.ts';
import type { RouteDescription } from '../core/openapi/description.ts';
import type { Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import type { ViewPorts } from '../ports.ts';

/** One address of the view. */
export interface Route {
  /** Names the address in the links of `/`. */
  readonly name: string;
  /** A segment in braces is a parameter: `/instances/{id}`. */
  readonly path: string;
  /** GET brings HEAD along, and OPTIONS is answered everywhere. */
  readonly methods: readonly string[];
  readonly access: RouteAccess;
  /** How long a success may be kept; without it, not at all. */
  readonly cacheControl?: string;
  /** A browser gets failures as a page. */
  readonly hasErrorPage?: true;
  readonly about: RouteDescription;
  readonly handler: RouteHandler;
}

/** @throws {JournalError} */
export type RouteHandler = (
  ports: ViewPorts,
  request: ViewRequest,
  parameters: PathParameters,
) => Promise<Reply>;
