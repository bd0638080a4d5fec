import { levelOf } from '../verdict.ts';
import { documentOf } from './document.ts';
import { dateTime } from './format.ts';
import { pageHeader } from './header.ts';
import { type Html, html, NOTHING } from './html.ts';
import { instancesSection } from './instances-section.ts';
import type { PageData } from './page-data.ts';
import { recentSection } from './recent-section.ts';
import { refreshTag } from './refresh.ts';
import { verdictIn } from './verdict-in.ts';
import { watcherSection } from './watcher-section.ts';

/** The view for people without scripts: one page that reads well on a phone at night. */
export function fleetPage(data: PageData): string {
  const { words, nowMs } = data;
  const verdict = verdictIn(data);
  const level = levelOf(verdict);
  const { text, advice } = words.verdict(verdict, {
    nowMs,
    duration: words.duration,
    time: (ms) => `${dateTime(ms)} UTC`,
    instance: ({ name }) => name,
    others: (count) => count,
  });
  const tab = words.tab(verdict);
  return documentOf(
    words.tag,
    tab === '' ? 'ecs-watch' : `${tab} · ecs-watch`,
    refreshTag(data.query),
    html`<a class="skip" href="#instances">${words.skip}</a>
${pageHeader(data)}
<main>
<div class="verdict ${level}" role="${level === 'alarm' ? 'alert' : 'status'}">
<p><strong>${words.levels[level]}${words.colon}</strong>${text}</p>
${advice === '' ? NOTHING : html`<p>${advice}</p>`}
</div>
${recentSection(data)}
${instancesSection(data)}
${watcherSection(data)}
</main>
${footer(data)}`,
  );
}

const ADDRESSES = ['instances', 'changes', 'counts', 'deliveries', 'healthz', 'metrics'];

function footer({ words }: PageData): Html {
  const links = ADDRESSES.map((address) => html`<a href="${address}">/${address}</a> `);
  return html`<footer class="quiet">
<p>${words.utc}</p>
<p>${words.programs}${words.colon}${links}</p>
</footer>`;
}
