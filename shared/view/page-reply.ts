import { sha256 } from '../lib/sha256.ts';
import { errorPage } from './core/page/error-page.ts';
import { PAGE_STYLE } from './core/page/style.ts';
import type { Reply } from './core/reply.ts';

/** The page may use its own style sheet, its icon and its form. Nothing else is allowed. */
const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(PAGE_STYLE).toString('base64')}'`,
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function pageReply(status: number, page: string): Reply {
  return {
    status,
    content: page,
    mediaType: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': PAGE_POLICY },
  };
}

/** The same failure as a page; any other reply stays as it is. */
export function errorAsPage(reply: Reply): Reply {
  if (!('error' in reply)) return reply;
  const { status, error, headers, problem } = reply;
  const page = pageReply(status, errorPage(error));
  return {
    ...page,
    headers: { ...headers, ...page.headers },
    ...(problem !== undefined && { problem }),
  };
}
