import type { PageQuery } from '../queries/page.ts';
import { href } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';

const REFRESH_SECONDS = 30;

/** What makes a browser load the page again by itself, unless the reader has paused that. */
export function refreshTag({ refreshes }: PageQuery): Html {
  return refreshes ? html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">` : NOTHING;
}

/** A page that changes by itself must be able to pause (WCAG 2.2.2). */
export function refreshLink({ given, refreshes }: PageQuery): Html {
  return refreshes
    ? html`refreshes every ${REFRESH_SECONDS} s, <a href="${href(given, { refresh: 'off' })}">pause</a>`
    : html`paused, <a href="${href(given, { refresh: '' })}">refresh every ${REFRESH_SECONDS} s</a>`;
}
