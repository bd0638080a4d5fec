import type { Health } from '../../../core/health.ts';
import { roundProgress } from '../../../core/round.ts';
import { cleanText, counted } from '../../../core/text.ts';
import type { ScopeView } from '../fleet.ts';
import { ago, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';

export function scopesSection({ views, nowMs }: PageData): Html {
  return html`<section aria-labelledby="scopes">
<h2 id="scopes">Scopes</h2>
<ul class="cards">${views.map((view) => scopeCard(view, nowMs))}</ul>
</section>`;
}

function scopeCard({ scope, snapshot, health, freshness }: ScopeView, nowMs: number): Html {
  const asOfMs = health?.lastGoodAtMs ?? null;
  const mark = freshness.healthy
    ? html`<span class="well">${freshness.rests === true ? 'empty' : 'fresh'}</span>`
    : html`<span class="alarm">${freshness.stale ? 'STALE' : 'FAILING'}</span>`;
  const asOf =
    asOfMs === null
      ? html`<span class="quiet">nothing recorded yet</span>`
      : html`<span class="quiet">as of ${time(asOfMs)}, ${ago(asOfMs, nowMs)}</span>`;
  return html`<li><strong>${scope.key}</strong> ${mark}<br>
${counted(snapshot.instances.size, 'instance')} <br>${asOf}${roundOf(health)}${failuresOf(health)}${holdOf(health)}</li>`;
}

/** A large fleet is read over several ticks. */
function roundOf(health: Health | undefined): Html {
  if (health?.round === undefined) return NOTHING;
  const { seen, of } = roundProgress(health.round);
  return html`<br><span class="quiet">reading ${seen} of ${of} since ${time(health.round.startMs)}</span>`;
}

function failuresOf(health: Health | undefined): Html {
  const { failures = 0, reason = null } = health ?? {};
  const why = reason === null ? '' : cleanText(reason, 200);
  // Without a failed scan, the health itself cannot be read.
  if (failures === 0) return why === '' ? NOTHING : html`<br><span class="alarm">${why}</span>`;
  return html`<br><span class="alarm">${counted(failures, 'scan')} in a row failed</span>${why && `: ${why}`}`;
}

function holdOf(health: Health | undefined): Html {
  const hold = health?.hold ?? null;
  if (hold === null) return NOTHING;
  return html`<br><span class="alarm">${counted(hold.missing, 'instance')} vanished</span> at
${time(hold.sinceMs)}; not reported as released until several scans agree`;
}
