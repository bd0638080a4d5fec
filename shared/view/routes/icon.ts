import { sha256 } from '../../lib/sha256.ts';
import { ICON } from '../core/page/icon.ts';
import type { Route } from './route.ts';

/**
 * The page's icon. It holds nothing of the fleet, so it needs no token and may be cached. It is the
 * only address with a validator: every other success contains an age in seconds, and a client that
 * kept such an answer after a 304 would show an age that is too small.
 */
export const iconRoute: Route = {
  name: 'icon',
  path: '/icon.svg',
  methods: ['GET'],
  access: 'open',
  cacheControl: 'public, max-age=86400',
  handler: async () => ({ status: 200, content: ICON, mediaType: 'image/svg+xml', etag: ETAG }),
};

const ETAG = `"${sha256(ICON).toString('base64url')}"`;
