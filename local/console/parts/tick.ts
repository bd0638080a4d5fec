import { type Html, html, NOTHING } from '../../html.ts';
import type { Words } from '../words/words.ts';

/** The script counts down to `data-at`: page and server run on one machine, with one clock. */
export function tickPart(nextTickMs: number | undefined, words: Words): Html {
  if (nextTickMs === undefined) return NOTHING;
  return html`<span data-key="tick" data-at="${nextTickMs}" data-before="${words.nextTick}" data-due="${words.tickIsDue}"></span>`;
}
