import { BAD_REQUEST, ETAG_HEADER, NOT_MODIFIED } from '../core/openapi/responses.ts';
import { ICON } from '../core/page/icon.ts';
import { isInvalid, NO_PARAMETERS, parseNoParameters } from '../core/parameters.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { TEXT } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import { weakTag } from '../validator.ts';
import type { Route } from './route.ts';

const MEDIA_TYPE = 'image/svg+xml';

/** The page's icon. It holds nothing of the fleet, so it needs no token and may be cached. */
export const iconRoute: Route = {
  name: 'icon',
  path: '/icon.svg',
  methods: ['GET'],
  access: 'open',
  cacheControl: 'public, max-age=86400',
  about: {
    summary: 'The icon of the page',
    parameters: NO_PARAMETERS,
    responses: {
      200: { description: 'An SVG image.', headers: ETAG_HEADER, content: { [MEDIA_TYPE]: TEXT } },
      304: NOT_MODIFIED,
      400: BAD_REQUEST,
    },
  },
  handler: icon,
};

async function icon(_: ViewPorts, { query }: ViewRequest): Promise<Reply> {
  const parameters = parseNoParameters(query);
  if (isInvalid(parameters)) return badRequest(parameters.problems);
  return { status: 200, content: ICON, mediaType: MEDIA_TYPE, etag: ETAG };
}

const ETAG = weakTag([ICON]);
