import { cleanText, counted } from '../../../core/text.ts';
import type { ChannelHealth } from '../freshness.ts';
import { ago, time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';

export function channelsSection({ channels, nowMs }: PageData): Html {
  const cards = channels.map((channel) => channelCard(channel, nowMs));
  return html`<section aria-labelledby="channels">
<h2 id="channels">Channels</h2>
${cards.length === 0 ? html`<p>No channel has been served yet.</p>` : html`<ul class="cards">${cards}</ul>`}
</section>`;
}

function channelCard(
  { channel, backlog, failures, problem, deliveredAt, setAside = [] }: ChannelHealth,
  nowMs: number,
): Html {
  const mark =
    failures > 0
      ? html`<span class="alarm">${counted(failures, 'attempt')} in a row failed</span>`
      : html`<span class="well">${backlog === 0 ? 'up to date' : 'catching up'}</span>`;
  const deliveredMs = deliveredAt === null ? null : Date.parse(deliveredAt);
  const delivered =
    deliveredMs === null
      ? html`nothing delivered yet`
      : html`last delivered ${time(deliveredMs)}, ${ago(deliveredMs, nowMs)}`;
  return html`<li><strong>${channel}</strong> ${mark}<br>
${backlog === 0 ? NOTHING : html`${counted(backlog, 'commit')} to send<br>`}
${setAside.length === 0 ? NOTHING : html`<span class="alarm">never taken by the receiver: ${setAside.join(', ')}</span><br>`}
<span class="quiet">${delivered}</span>${problem === undefined ? '' : html`<br>${cleanText(problem, 200)}`}</li>`;
}
