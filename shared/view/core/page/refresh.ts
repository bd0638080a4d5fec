import type { PageQuery } from '../queries/page.ts';
import { href } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';

const REFRESH_SECONDS = 30;

/** What makes a browser load the page again by itself, unless the reader has paused that. */
export function refreshTag({ refreshes }: Pick<PageQuery, 'refreshes'>): Html {
  return refreshes ? html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">` : NOTHING;
}

/** A page that changes by itself must be able to pause (WCAG 2.2.2). */
export function refreshLink({ query: { given, refreshes }, words }: PageData): Html {
  return refreshes
    ? html`${words.refreshes(REFRESH_SECONDS)} · <a href="${href(given, { refresh: 'off' })}">${words.pause}</a>`
    : html`${words.paused} · <a href="${href(given, { refresh: '' })}">${words.refresh(REFRESH_SECONDS)}</a>`;
}
