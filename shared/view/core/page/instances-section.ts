import { instanceInConsole } from '../../../core/console.ts';
import { ANY, isAny, type Wanted } from '../filter.ts';
import { filterInstances } from '../fleet.ts';
import { byRecency, pageOf } from '../instance-order.ts';
import type { InstanceRow } from '../instance-row.ts';
import { homeToken } from '../page-token.ts';
import { countStatuses } from '../status-counts.ts';
import { encoded, href, outsideText, statusWord } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import { instancesTable } from './instances-table.ts';
import type { PageData } from './page-data.ts';
import { searchForm } from './search-form.ts';

/** Rows of the table on one page. */
const PAGE_ROWS = 100;

export function instancesSection(data: PageData): Html {
  const { nowMs, views, query, words } = data;
  const { filter, after } = query;
  const matching = filterInstances(views, { ...filter, statuses: ANY }, nowMs);
  const counts = countStatuses(matching.map(({ instance }) => instance));
  const all = filterInstances(views, filter, nowMs);
  const { rows, next } = pageOf(all, byRecency, after, PAGE_ROWS);
  return html`<section aria-labelledby="instances">
<h2 id="instances">${words.sections.instances}</h2>
${statusNav(data, counts, matching.length)}
${searchForm(data, counts)}
${all.length === 0 ? html`<p>${words.noRows}</p>` : instancesTable(rows, all.length, data)}
${oneInstance(data, rows)}
${pageNav(data, next)}
</section>`;
}

function statusNav(
  { query: { given, filter }, words }: PageData,
  counts: ReadonlyMap<string, number>,
  total: number,
): Html {
  const link = (status: string, label: string, size: number, isCurrent: boolean): Html =>
    html`<li><a href="${href(given, { status })}"${isCurrent ? html` aria-current="true"` : NOTHING}>${
      label
    } <strong>${size}</strong></a></li>`;
  const { statuses } = filter;
  const links = [...counts].map(([status, size]) =>
    link(status, statusWord(words, status), size, isNamed(statuses, status)),
  );
  return html`<nav aria-label="${words.byStatus}">
<ul class="counts">${[link('', words.all, total, isAny(statuses)), ...links]}</ul>
</nav>`;
}

function isNamed({ any }: Wanted, status: string): boolean {
  return any.exact.has(status.toLowerCase());
}

function pageNav(
  { query: { given, after }, words }: PageData,
  next: InstanceRow | undefined,
): Html {
  if (after === undefined && next === undefined) return NOTHING;
  const first = html`<a href="${href(given, {})}">${words.firstPage}</a> `;
  const cursor = next === undefined ? '' : homeToken.encode(next);
  const following = html`<a rel="next" href="${href(given, { cursor })}">${words.nextPage}</a>`;
  return html`<nav class="pages" aria-label="${words.pages}">
${after === undefined ? NOTHING : first}${next === undefined ? NOTHING : following}
</nav>`;
}

/** What else there is to say where one instance was asked for. */
function oneInstance(
  { query, words, withoutConsole }: PageData,
  rows: readonly InstanceRow[],
): Html {
  const id = query.given.get('id');
  if (id === undefined) return NOTHING;
  const [row] = rows.length === 1 ? rows : [];
  const tags = Object.entries(row?.instance.tags ?? {});
  const pairs = tags.map(([key, value]) => html`<code>${outsideText(`${key}=${value}`)}</code> `);
  const address =
    row && !withoutConsole && instanceInConsole(words.language, row.instanceId, row.regionId);
  return html`${pairs.length === 0 ? NOTHING : html`<p>${words.tags}${words.colon}${pairs}</p>`}
<p><a href="instances/${encoded(row?.instanceId ?? id)}">${words.history}</a>${
    address ? html` · <a href="${address}">${words.console}</a>` : NOTHING
  } · <a href="${href(new Map(), {})}">${words.wholeFleet}</a></p>`;
}
