import { channelsSection } from './channels-section.ts';
import { documentOf } from './document.ts';
import { pageHeader } from './header.ts';
import { type Html, html, NOTHING } from './html.ts';
import { instancesSection } from './instances-section.ts';
import type { PageData } from './page-data.ts';
import { recentSection } from './recent-section.ts';
import { refreshTag } from './refresh.ts';
import { scopesSection } from './scopes-section.ts';
import { staleBanner } from './stale-banner.ts';

/** The view for people: one page without scripts that reads well on a phone at night. */
export function fleetPage(data: PageData): string {
  const isStale = data.views.some(({ freshness }) => freshness.stale);
  const isHealthy = data.views.every(({ freshness }) => freshness.healthy);
  const alarm = isStale ? 'STALE · ' : isHealthy ? '' : 'FAILING · ';
  return documentOf(
    `${alarm}ecs-watch`,
    refreshTag(data.query),
    html`<a class="skip" href="#instances">Skip to the instances</a>
${pageHeader(data)}
<main>
${isHealthy ? NOTHING : staleBanner(data)}
${scopesSection(data)}
${instancesSection(data)}
${recentSection(data)}
${channelsSection(data)}
</main>
${FOOTER}`,
  );
}

const FOOTER: Html = html`<footer class="quiet">
<p>For programs: <a href="instances">instances</a>, <a href="changes">changes</a>,
<a href="deliveries">deliveries</a>, <a href="healthz">health</a>. All times are UTC.</p>
</footer>`;
