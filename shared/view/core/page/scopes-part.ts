import type { Health } from '../../../core/health.ts';
import { roundProgress } from '../../../core/round.ts';
import { cleanText } from '../../../core/text.ts';
import type { ScopeView } from '../fleet.ts';
import { ago, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';
import type { PlainWords } from './words/words.ts';

export function scopesPart({ views, nowMs, words }: PageData): Html {
  return html`<h3>${words.sections.scopes}</h3>
<ul class="cards">${views.map((view) => scopeCard(view, nowMs, words))}</ul>`;
}

function scopeCard(
  { scope, snapshot, health, freshness }: ScopeView,
  nowMs: number,
  words: PlainWords,
): Html {
  const { fresh, empty, stale, failing } = words.scopeStates;
  const asOfMs = health?.lastGoodAtMs ?? null;
  const mark = freshness.healthy
    ? html`<span class="well">${freshness.rests === true ? empty : fresh}</span>`
    : html`<span class="alarm">${freshness.stale ? stale : failing}</span>`;
  const asOf =
    asOfMs === null
      ? html`<span class="quiet">${words.neverScanned}</span>`
      : html`<span class="quiet">${words.lastScan} ${time(asOfMs)}, ${ago(words, asOfMs, nowMs)}</span>`;
  return html`<li><strong>${scope.key}</strong> ${mark}<br>
${words.instances(snapshot.instances.size)} <br>${asOf}${roundOf(health, words)}${failuresOf(health, words)}${holdOf(health, words)}</li>`;
}

/** A large fleet is read over several ticks. */
function roundOf(health: Health | undefined, words: PlainWords): Html {
  if (health?.round === undefined) return NOTHING;
  const { seen, of } = roundProgress(health.round);
  return html`<br><span class="quiet">${words.reading(seen, of)} ${time(health.round.startMs)}</span>`;
}

function failuresOf(health: Health | undefined, words: PlainWords): Html {
  const { failures = 0, reason = null } = health ?? {};
  const why = reason === null ? '' : cleanText(reason, 200);
  // Without a failed scan, the health itself cannot be read.
  if (failures === 0) return why === '' ? NOTHING : html`<br><span class="alarm">${why}</span>`;
  return html`<br><span class="alarm">${words.scansFailed(failures)}</span>${why && `: ${why}`}`;
}

function holdOf(health: Health | undefined, words: PlainWords): Html {
  const hold = health?.hold ?? null;
  if (hold === null) return NOTHING;
  return html`<br><span class="alarm">${words.held(hold.missing)}</span> (${time(hold.sinceMs)})`;
}
