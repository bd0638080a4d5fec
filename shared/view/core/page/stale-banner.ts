import { STALE_AFTER_MS } from '../../../core/health.ts';
import { type Html, html } from './html.ts';
import type { PageData } from './page-data.ts';

/** Why the page may be out of date. */
export function staleBanner({ views }: PageData): Html {
  const isNew = views.every(({ freshness }) => freshness.asOf === null);
  if (isNew) {
    return html`<p class="banner"><strong>Nothing recorded yet.</strong> The first complete scan of
the watch function fills this page. If it should have run by now, see its log.</p>`;
  }
  const stale = views.filter(({ freshness }) => freshness.stale);
  return html`<p class="banner"><strong>STALE:</strong> no complete scan of
${stale.map(({ scope }) => scope.key).join(', ')} for more than ${STALE_AFTER_MS / 60_000} minutes.
What this page shows may be out of date.</p>`;
}
