import { HEALTH_LIMITS, type HealthLimits, staleAfterMs } from '../../../core/health.ts';
import { duration } from '../../../core/time.ts';
import type { ScopeView } from '../fleet.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';

/** Why the page may be out of date. */
export function staleBanner({ views, healthLimits = HEALTH_LIMITS }: PageData): Html {
  const isNew = views.every(({ freshness }) => freshness.asOf === null);
  if (isNew) {
    return html`<p class="banner"><strong>Nothing recorded yet.</strong> The first complete scan of
the watch function fills this page. If it should have run by now, see its log.</p>`;
  }
  const stale = views.filter(({ freshness }) => freshness.stale);
  const failing = views.filter(({ freshness }) => !freshness.stale && !freshness.healthy);
  return html`<p class="banner">${
    stale.length === 0
      ? NOTHING
      : html`<strong>STALE:</strong> no complete scan of
${keysOf(stale)} for more than ${duration(shortestStaleMs(stale, healthLimits))}. `
  }${
    failing.length === 0
      ? NOTHING
      : html`<strong>FAILING:</strong> ${failuresOf(failing, healthLimits)} were not complete. `
  }
What this page shows may be out of date.</p>`;
}

/** Scopes whose last scans failed equally often share a phrase. */
function failuresOf(views: readonly ScopeView[], limits: HealthLimits): string {
  const countOf = ({ health }: ScopeView): number => health?.failures ?? limits.failures;
  return [...new Set(views.map(countOf))]
    .map((failures) => {
      const failing = views.filter((scopeView) => countOf(scopeView) === failures);
      return `the last ${failures} scans of\n${keysOf(failing)}`;
    })
    .join(' and ');
}

/** Of scopes that may be out of date for different times, what is true of all. */
function shortestStaleMs(views: readonly ScopeView[], limits: HealthLimits): number {
  return Math.min(...views.map(({ health }) => staleAfterMs(health ?? {}, limits)));
}

function keysOf(views: readonly ScopeView[]): string {
  return views.map(({ scope }) => scope.key).join(', ');
}
