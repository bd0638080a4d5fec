import { time } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { PageData } from './page-data.ts';
import { refreshLink } from './refresh.ts';

export function pageHeader(data: PageData): Html {
  return html`<header>
<h1>ecs-watch</h1>
<p class="quiet">As of ${time(data.nowMs)} UTC · ${refreshLink(data.query)}</p>
${sectionNav(data)}
</header>`;
}

/** The table is long on a phone, and a failing channel below it must not go unseen. */
function sectionNav({ channels }: PageData): Html {
  const failing = channels.filter(({ failures }) => failures > 0).length;
  const alarm = html` <strong class="alarm">${failing} failing</strong>`;
  return html`<nav aria-label="Sections">
<a href="#instances">Instances</a> · <a href="#recent">Recent changes</a> ·
<a href="#channels">Channels</a>${failing === 0 ? NOTHING : alarm}
</nav>`;
}
