import { oldest } from '../freshness.ts';
import { time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';
import { refreshLink } from './refresh.ts';

export function pageHeader(data: PageData): Html {
  const { words, views } = data;
  const { asOf } = oldest(views.map(({ freshness }) => freshness));
  const [before = '', after = ''] = words.asOf(TIME_PLACE).split(TIME_PLACE);
  // The time of the page itself would make an old state look fresh.
  const age =
    asOf === null ? html`${words.neverScanned}` : html`${before}${time(Date.parse(asOf))}${after}`;
  return html`<header>
<h1>ecs-watch</h1>
<p class="quiet">${age} · ${refreshLink(data)}</p>
${sectionNav(data)}
</header>`;
}

/** Where a sentence has the time, which is markup. */
const TIME_PLACE = '\u0000';

/** The table is long on a phone, and a failing channel below it must not go unseen. */
function sectionNav({ channels, words }: PageData): Html {
  const failing = channels.filter(({ failing }) => failing).length;
  const { label, changes, instances, watcher } = words.sections;
  return html`<nav aria-label="${label}">
<a href="#recent">${changes}</a> · <a href="#instances">${instances}</a> ·
<a href="#health">${watcher}</a>${failing === 0 ? NOTHING : html` <strong class="alarm">${words.failing(failing)}</strong>`}
</nav>`;
}
