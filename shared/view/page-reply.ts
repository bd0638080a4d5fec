import { LANGUAGES } from '../core/wording.ts';
import { sha256 } from '../lib/sha256.ts';
import { preferredLanguage } from './core/accept.ts';
import { errorPage } from './core/page/error-page.ts';
import { PAGE_STYLE } from './core/page/style.ts';
import { EN } from './core/page/words/en.ts';
import type { PlainWords } from './core/page/words/words.ts';
import { ZH } from './core/page/words/zh.ts';
import type { Reply } from './core/reply.ts';
import type { ViewRequest } from './core/request.ts';
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

const PLAIN_WORDS = { en: EN, zh: ZH } as const;

/** The words of the page without scripts, in the language that a browser prefers. */
export function plainWords({ headers }: Pick<ViewRequest, 'headers'>): PlainWords {
  return PLAIN_WORDS[preferredLanguage(headers.get('accept-language') ?? '', LANGUAGES)];
}

/** Of a page whose language is chosen by the browser's. */
export const PLAIN_VARY = { vary: 'accept, accept-language' } as const;

/** The same failure as a page; any other reply stays as it is. */
export function errorAsPage(reply: Reply, request: ViewRequest): Reply {
  if (!('error' in reply)) return reply;
  const { status, error, headers, problem } = reply;
  // A request that is refused is refused again; a store that fails works again.
  const refreshes = status >= 500 && request.query.get('refresh') !== 'off';
  const page = pageReply(status, errorPage(error, { words: plainWords(request), refreshes }));
  return {
    ...page,
    headers: { ...headers, ...page.headers, ...PLAIN_VARY },
    ...(problem !== undefined && { problem }),
  };
}
