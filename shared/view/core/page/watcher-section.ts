import { channelsPart } from './channels-part.ts';
import { type Html, html } from './html.ts';
import type { PageData } from './page-data.ts';
import { scopesPart } from './scopes-part.ts';

/** How the watcher itself is: its scans and its channels. */
export function watcherSection(data: PageData): Html {
  return html`<section aria-labelledby="health">
<h2 id="health">${data.words.sections.watcher}</h2>
${scopesPart(data)}
${channelsPart(data)}
</section>`;
}
