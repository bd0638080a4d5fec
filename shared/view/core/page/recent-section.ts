import { APPEARANCE_WORDS, appearanceOf, changeNote } from '../../../core/appearance.ts';
import type { Notice } from '../../../core/model.ts';
import { noticeText } from '../../../core/notice-text.ts';
import type { ChangeItem, Item } from '../feed.ts';
import { ago, idLink, nameOf, outsideText, statusOf, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';

/** Changes and notices that the page shows. */
export const RECENT_ITEMS = 20;

export function recentSection({ recent, nowMs }: PageData): Html {
  const items = recent.map((item) => itemEntry(item, nowMs));
  return html`<section aria-labelledby="recent">
<h2 id="recent">Recent changes</h2>
${items.length === 0 ? html`<p>None yet.</p>` : html`<ol class="feed">${items}</ol>`}
</section>`;
}

function itemEntry(item: Item, nowMs: number): Html {
  const { atMs, scope } = item.commit;
  const text = item.kind === 'change' ? changeEntry(item) : noticeEntry(item.notice);
  return html`<li>${time(atMs)} <span class="quiet"><span class="whole">${ago(atMs, nowMs)},</span>
<span class="whole">${outsideText(scope)}</span></span><br>${text}</li>
`;
}

function changeEntry({ commit, change }: ChangeItem): Html {
  const { instanceId, name = '', from, to } = change;
  const appearance = appearanceOf(commit, change);
  const before = appearance === null ? statusOf(from ?? '') : APPEARANCE_WORDS[appearance];
  const note = changeNote(commit, change);
  const after = to === null ? html`<strong>released</strong>` : statusOf(to);
  const heading = name === '' ? NOTHING : html`${nameOf(name)} `;
  return html`${heading}${idLink(instanceId)}: ${before} → ${after}${note === null ? NOTHING : `, ${note}`}`;
}

function noticeEntry(notice: Notice): Html {
  const [symbol, text] = noticeText(notice);
  return html`<span aria-hidden="true">${symbol}</span> <strong>Notice:</strong> ${text}`;
}
