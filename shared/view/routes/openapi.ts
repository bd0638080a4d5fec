import { VERSION } from '../../lib/version.ts';
import { openApiDocument } from '../core/openapi/document.ts';
import { BAD_REQUEST, ETAG_HEADER, NOT_MODIFIED } from '../core/openapi/responses.ts';
import { isInvalid, NO_PARAMETERS, parseNoParameters } from '../core/parameters.ts';
import { JSON_TYPE } from '../core/render.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import type { ViewPorts } from '../ports.ts';
import { weakTag } from '../validator.ts';
import type { Route } from './route.ts';

/** All addresses for programs that read descriptions of APIs. */
export function openApiRoute(routes: () => readonly Route[]): Route {
  // Most instances of the function are never asked for it, so it is made at the first request.
  let known: Content | undefined;
  return {
    name: 'openapi',
    path: '/openapi.json',
    methods: ['GET'],
    access: 'token',
    // It changes only with the version of the view.
    cacheControl: 'private, no-cache',
    about: {
      summary: 'This document',
      parameters: NO_PARAMETERS,
      responses: {
        200: {
          description: 'An OpenAPI document of version 3.1.',
          headers: ETAG_HEADER,
          content: { [JSON_TYPE]: { type: 'object' } },
        },
        304: NOT_MODIFIED,
        400: BAD_REQUEST,
      },
    },
    async handler(_: ViewPorts, { query }: ViewRequest): Promise<Reply> {
      const parameters = parseNoParameters(query);
      if (isInvalid(parameters)) return badRequest(parameters.problems);
      known ??= documentOf(routes());
      return { status: 200, mediaType: JSON_TYPE, ...known };
    },
  };
}

interface Content {
  readonly content: string;
  readonly etag: string;
}

function documentOf(routes: readonly Route[]): Content {
  const content = `${JSON.stringify(openApiDocument(routes, VERSION))}\n`;
  return { content, etag: weakTag([content]) };
}
