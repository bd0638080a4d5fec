import { ANY, isAny, type Wanted } from '../filter.ts';
import { byRecency, countStatuses, filterInstances, type InstanceRow, pageOf } from '../fleet.ts';
import { homeToken } from '../page-token.ts';
import type { PageQuery } from '../queries/page.ts';
import { href, outsideText } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import { instancesTable } from './instances-table.ts';
import type { PageData } from './page-data.ts';
import { searchForm } from './search-form.ts';

/** Rows of the table on one page. */
const PAGE_ROWS = 100;

export function instancesSection({ nowMs, views, query }: PageData): Html {
  const { filter, after } = query;
  const matching = filterInstances(views, { ...filter, statuses: ANY }, nowMs);
  const counts = countStatuses(matching.map(({ instance }) => instance));
  const all = filterInstances(views, filter, nowMs);
  const { rows, next } = pageOf(all, byRecency, after, PAGE_ROWS);
  return html`<section aria-labelledby="instances">
<h2 id="instances">Instances</h2>
${statusNav(query, counts, matching.length)}
${searchForm(views, query, counts)}
${all.length === 0 ? html`<p>No instances to show.</p>` : instancesTable(rows, all.length, nowMs)}
${pageNav(query, next)}
</section>`;
}

function statusNav(
  { given, filter }: PageQuery,
  counts: ReadonlyMap<string, number>,
  total: number,
): Html {
  const link = (status: string, label: string, size: number, isCurrent: boolean): Html =>
    html`<li><a href="${href(given, { status })}"${isCurrent ? html` aria-current="true"` : NOTHING}>${
      label
    } <strong>${size}</strong></a></li>`;
  const { statuses } = filter;
  const links = [...counts].map(([status, size]) =>
    link(status, outsideText(status), size, isNamed(statuses, status)),
  );
  return html`<nav aria-label="Instances by status">
<ul class="counts">${[link('', 'All', total, isAny(statuses)), ...links]}</ul>
</nav>`;
}

function isNamed({ any }: Wanted, status: string): boolean {
  return any.exact.has(status.toLowerCase());
}

function pageNav({ given, after }: PageQuery, next: InstanceRow | undefined): Html {
  if (after === undefined && next === undefined) return NOTHING;
  const first = html`<a href="${href(given, {})}">First page</a> `;
  const cursor = next === undefined ? '' : homeToken.encode(next);
  const following = html`<a rel="next" href="${href(given, { cursor })}">Next page</a>`;
  return html`<nav class="pages" aria-label="Pages">
${after === undefined ? NOTHING : first}${next === undefined ? NOTHING : following}
</nav>`;
}
