import { sha256 } from '../lib/sha256.ts';
import { errorPage } from './core/page/error-page.ts';
import { PAGE_STYLE } from './core/page/style.ts';
import type { Reply } from './core/reply.ts';
import { weakTag } from './validator.ts';

export const HTML_TYPE = 'text/html; charset=utf-8';

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
    mediaType: HTML_TYPE,
    headers: { 'content-security-policy': PAGE_POLICY },
  };
}

/** The page with a script may run that and nothing else, and asks only the view. */
export function scriptedPageReply(page: string): Reply {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(page, 'script')}`,
    `style-src ${hashOf(page, 'style')}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    status: 200,
    content: page,
    mediaType: HTML_TYPE,
    headers: { 'content-security-policy': policy, vary: 'accept' },
    etag: weakTag([page]),
  };
}

/** A policy's source for what stands in the one element of this name. */
function hashOf(page: string, element: 'script' | 'style'): string {
  const start = page.indexOf(`<${element}>`) + element.length + 2;
  const content = page.slice(start, page.lastIndexOf(`</${element}>`));
  return `'sha256-${sha256(content).toString('base64')}'`;
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
