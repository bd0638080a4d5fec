import { type Appearance, appearanceOf } from '../../../core/appearance.ts';
import { changeNote } from '../../../core/change-note.ts';
import type { Notice } from '../../../core/model.ts';
import { noticeText } from '../../../core/notice-text.ts';
import { type Phrasing, phrasingOf } from '../../../core/phrasing.ts';
import type { ChangeItem, NewsItem } from '../feed.ts';
import { ago, idLink, nameOf, outsideText, statusOf, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';

/** Changes and notices that the page shows. */
export const RECENT_ITEMS = 20;

/** The page is English, and its times are UTC. */
const WORDING = { language: 'en', timeZone: 'UTC' } as const;

export function recentSection({ recent, nowMs }: PageData): Html {
  const phrasing = phrasingOf(WORDING, nowMs);
  const items = recent.map((item) => itemEntry(item, nowMs, phrasing));
  return html`<section aria-labelledby="recent">
<h2 id="recent">Recent changes</h2>
${items.length === 0 ? html`<p>None yet.</p>` : html`<ol class="feed">${items}</ol>`}
</section>`;
}

function itemEntry(item: NewsItem, nowMs: number, phrasing: Phrasing): Html {
  const { atMs, scope } = item.commit;
  const text =
    item.kind === 'change' ? changeEntry(item, phrasing) : noticeEntry(item.notice, phrasing);
  return html`<li>${time(atMs)} <span class="quiet"><span class="whole">${ago(atMs, nowMs)},</span>
<span class="whole">${outsideText(scope)}</span></span><br>${text}</li>
`;
}

/** The first word of an instance's path, where it is no status. */
const APPEARANCE_WORDS: Readonly<Record<Appearance, string>> = {
  new: 'new',
  returned: 'released',
  'created-before': 'appeared',
};

function changeEntry({ commit, change }: ChangeItem, phrasing: Phrasing): Html {
  const { instanceId, name = '', from, to } = change;
  const appearance = appearanceOf(commit, change);
  const before = appearance === null ? statusOf(from ?? '') : APPEARANCE_WORDS[appearance];
  const note = changeNote(commit, change, phrasing);
  const after = to === null ? html`<strong>released</strong>` : statusOf(to);
  const heading = name === '' ? NOTHING : html`${nameOf(name)} `;
  return html`${heading}${idLink(instanceId)}: ${before} → ${after}${note === null ? NOTHING : `, ${note}`}`;
}

function noticeEntry(notice: Notice, phrasing: Phrasing): Html {
  const { symbol, text } = noticeText(notice, phrasing);
  return html`<span aria-hidden="true">${symbol}</span> <strong>Notice:</strong> ${text}`;
}
