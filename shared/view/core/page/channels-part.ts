import { cleanText } from '../../../core/text.ts';
import type { ChannelHealth } from '../health-json.ts';
import { ago, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';
import type { PlainWords } from './words/words.ts';

export function channelsPart({ channels, nowMs, words }: PageData): Html {
  const cards = channels.map((channel) => channelCard(channel, nowMs, words));
  return html`<h3>${words.sections.channels}</h3>
${cards.length === 0 ? html`<p>${words.noChannels}</p>` : html`<ul class="cards">${cards}</ul>`}`;
}

function channelCard(channel: ChannelHealth, nowMs: number, words: PlainWords): Html {
  const { backlog, problem, failingSince, deliveredAt, setAside = [] } = channel;
  const sinceMs = failingSince === undefined ? null : Date.parse(failingSince);
  const deliveredMs = deliveredAt === null ? null : Date.parse(deliveredAt);
  const delivered =
    deliveredMs === null
      ? html`${words.nothingDelivered}`
      : html`${words.lastDelivered} ${time(deliveredMs)}, ${ago(words, deliveredMs, nowMs)}`;
  return html`<li><strong>${words.channel(channel.channel)}</strong> ${markOf(channel, words)}<br>
${sinceMs === null ? NOTHING : html`${words.failingSince} ${time(sinceMs)}, ${ago(words, sinceMs, nowMs)}<br>`}
${backlog === 0 ? NOTHING : html`${words.waiting(backlog)}<br>`}
${setAside.length === 0 ? NOTHING : html`<span class="alarm">${words.neverTaken} ${setAside.join(', ')}</span><br>`}
<span class="quiet">${delivered}</span>${problem === undefined ? '' : html`<br>${cleanText(problem, 200)}`}</li>`;
}

function markOf({ failures, failing, abandoned, backlog }: ChannelHealth, words: PlainWords): Html {
  if (failing) return html`<span class="alarm">${words.attemptsFailed(failures)}</span>`;
  if (abandoned === true) return html`<span class="quiet">${words.abandoned}</span>`;
  if (failures > 0) return html`${words.attemptsFailed(failures)}`;
  return html`<span class="well">${words.channelStates[backlog === 0 ? 'current' : 'behind']}</span>`;
}
