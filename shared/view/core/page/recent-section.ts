import { appearanceOf } from '../../../core/appearance.ts';
import { changeNote } from '../../../core/change-note.ts';
import type { Notice } from '../../../core/model.ts';
import { noticeText } from '../../../core/notice-text.ts';
import { type Phrasing, phrasingOf } from '../../../core/phrasing.ts';
import { CHANNEL_NAMES } from '../channel-names.ts';
import type { ChangeItem, NewsItem } from '../feed.ts';
import { ago, idLink, nameOf, outsideText, releasedMark, statusOf, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';
import type { PlainWords } from './words/words.ts';

/** Changes and notices that the page shows. */
export const RECENT_ITEMS = 20;

export function recentSection({ recent, nowMs, words }: PageData): Html {
  const { language } = words;
  const wording = { language, timeZone: 'UTC', channelNames: CHANNEL_NAMES };
  const phrasing = phrasingOf(wording, nowMs);
  const items = recent.map((item) => itemEntry(item, nowMs, words, phrasing));
  return html`<section aria-labelledby="recent">
<h2 id="recent">${words.sections.changes}</h2>
${items.length === 0 ? html`<p>${words.noChanges}</p>` : html`<ol class="feed">${items}</ol>`}
</section>`;
}

function itemEntry(item: NewsItem, nowMs: number, words: PlainWords, phrasing: Phrasing): Html {
  const { atMs, scope } = item.commit;
  const text =
    item.kind === 'change'
      ? changeEntry(item, words, phrasing)
      : noticeEntry(item.notice, words, phrasing);
  return html`<li>${time(atMs)} <span class="quiet"><span class="whole">${ago(words, atMs, nowMs)},</span>
<span class="whole">${outsideText(scope)}</span></span><br>${text}</li>
`;
}

function changeEntry({ commit, change }: ChangeItem, words: PlainWords, phrasing: Phrasing): Html {
  const { instanceId, name = '', from, to } = change;
  const appearance = appearanceOf(commit, change);
  const before = appearance === null ? statusOf(words, from ?? '') : words.arrivals[appearance];
  const note = changeNote(commit, change, phrasing);
  const after = to === null ? releasedMark(words) : statusOf(words, to);
  const heading = name === '' ? NOTHING : html`${nameOf(name)} `;
  return html`${heading}${idLink(instanceId)}: ${before} → ${after}${note === null ? NOTHING : `, ${note}`}`;
}

function noticeEntry(notice: Notice, words: PlainWords, phrasing: Phrasing): Html {
  const { symbol, text, more = [] } = noticeText(notice, phrasing);
  return html`<span aria-hidden="true">${symbol}</span> <strong>${words.notice}</strong> ${[text, ...more].join(' ')}`;
}
