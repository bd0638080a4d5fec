import { STALE_AFTER_MS } from '../../../core/health.ts';
import type { Notice } from '../../../core/model.ts';
import { noticeText } from '../../../core/notice-text.ts';
import { cleanText } from '../../../core/text.ts';
import { isoTime } from '../../../core/time.ts';
import type { ChangeItem, Item } from '../feed.ts';
import {
  byRecency,
  countStatuses,
  filterInstances,
  type InstanceRow,
  pageOf,
  type ScopeView,
} from '../fleet.ts';
import type { ChannelHealth } from '../freshness.ts';
import { homeToken } from '../page-token.ts';
import type { PageQuery } from '../query.ts';
import type { QueryParameters } from '../request.ts';
import type { ErrorBody } from '../response.ts';
import { type Html, html, markupOf, NOTHING, verbatim } from './html.ts';
import { PAGE_STYLE } from './style.ts';

/** The view for people: one page without scripts, which reads well on a telephone at night. */
export interface FleetPage {
  readonly nowMs: number;
  readonly views: readonly ScopeView[];
  readonly question: PageQuery;
  /** Newest first. */
  readonly recent: readonly Item[];
  readonly channels: readonly ChannelHealth[];
}

/** Rows of the table of instances. */
const PAGE_ROWS = 100;
/** Changes and notices that the page shows. */
export const RECENT_ITEMS = 20;
const REFRESH_SECONDS = 30;

export function fleetPage(data: FleetPage): string {
  const { views, question } = data;
  const isStale = views.some(({ freshness }) => freshness.stale);
  const refresh = question.refreshes
    ? html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`
    : NOTHING;
  return documentOf(
    isStale ? 'STALE · ecs-watch' : 'ecs-watch',
    refresh,
    html`<a class="skip" href="#instances">Skip to the instances</a>
<header>
<h1>ecs-watch</h1>
<p class="quiet">Page of ${time(data.nowMs)} UTC · ${refreshLink(question)}</p>
${sectionNav(data)}
</header>
<main>
${isStale ? banner(data) : NOTHING}
${scopesSection(data)}
${instancesSection(data)}
${recentSection(data)}
${channelsSection(data)}
</main>
<footer class="quiet">
<p>For programs: <a href="instances">instances</a>, <a href="changes">changes</a>,
<a href="healthz">health</a>. All times are UTC.</p>
</footer>`,
  );
}

export function errorPage({ code, message }: ErrorBody): string {
  return documentOf(
    `${code} · ecs-watch`,
    NOTHING,
    html`<header><h1>ecs-watch</h1></header>
<main>
<h2>${code}</h2>
<p>${message}</p>
<p><a href="?">Start again</a></p>
</main>`,
  );
}

function documentOf(title: string, head: Html, body: Html): string {
  return markupOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${verbatim(PAGE_STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`);
}

/** A page that moves by itself must be able to hold still (WCAG 2.2.2). */
function refreshLink({ given, refreshes }: PageQuery): Html {
  return refreshes
    ? html`refreshes every ${REFRESH_SECONDS} s, <a href="${href(given, { refresh: 'off' })}">hold still</a>`
    : html`holds still, <a href="${href(given, { refresh: '' })}">refresh every ${REFRESH_SECONDS} s</a>`;
}

/** The table is long on a telephone, and trouble below it must not go unseen. */
function sectionNav({ channels }: FleetPage): Html {
  const failingCount = channels.filter(({ failures }) => failures > 0).length;
  const trouble = html` <strong class="alarm">${failingCount} failing</strong>`;
  return html`<nav aria-label="Sections">
<a href="#instances">Instances</a> · <a href="#recent">Recent changes</a> ·
<a href="#channels">Channels</a>${failingCount === 0 ? NOTHING : trouble}
</nav>`;
}

function banner({ views }: FleetPage): Html {
  const isNew = views.every(({ freshness }) => freshness.asOf === null);
  if (isNew) {
    return html`<p class="banner"><strong>Nothing recorded yet.</strong> The first complete scan of
the watch function fills this page. If it should have run by now, look at its log.</p>`;
  }
  const stale = views.filter(({ freshness }) => freshness.stale);
  return html`<p class="banner"><strong>STALE:</strong> no complete scan for more than
${STALE_AFTER_MS / 60_000} minutes of ${stale.map(({ scope }) => scope.key).join(', ')}. What is
shown here may no longer be so.</p>`;
}

function scopesSection({ views, nowMs }: FleetPage): Html {
  return html`<section aria-labelledby="scopes">
<h2 id="scopes">Scopes</h2>
<ul class="cards">${views.map((view) => scopeCard(view, nowMs))}</ul>
</section>`;
}

function scopeCard({ scope, snapshot, health, freshness }: ScopeView, nowMs: number): Html {
  const asOfMs = health?.lastGoodAtMs ?? null;
  const mark = freshness.stale
    ? html`<span class="alarm">STALE</span>`
    : html`<span class="well">fresh</span>`;
  const asOf =
    asOfMs === null
      ? html`<span class="quiet">nothing recorded yet</span>`
      : html`<span class="quiet">as of ${time(asOfMs)}, ${ago(asOfMs, nowMs)}</span>`;
  return html`<li><strong>${scope.key}</strong> ${mark}<br>
${counted(snapshot.instances.size, 'instance')} <br>${asOf}${failing(health)}${held(health)}</li>`;
}

function failing(health: ScopeView['health']): Html {
  if (health === undefined || health.failures === 0) return NOTHING;
  const reason = health.reason === null ? '' : `: ${cleanText(health.reason, 200)}`;
  return html`<br><span class="alarm">${counted(health.failures, 'scan')} in a row failed</span>${reason}`;
}

function held(health: ScopeView['health']): Html {
  const hold = health?.hold ?? null;
  if (hold === null) return NOTHING;
  return html`<br><span class="alarm">${counted(hold.missing, 'instance')} vanished</span> at
${time(hold.sinceMs)}; not called released until several scans agree`;
}

function instancesSection({ nowMs, views, question }: FleetPage): Html {
  const { filter, after } = question;
  const matching = filterInstances(views, { ...filter, statuses: new Set() });
  const counts = countStatuses(matching.map(({ instance }) => instance));
  const all = filterInstances(views, filter);
  const { rows, next } = pageOf(all, byRecency, after, PAGE_ROWS);
  return html`<section aria-labelledby="instances">
<h2 id="instances">Instances</h2>
${statusNav(question, counts, matching.length)}
${searchForm(views, question, counts)}
${all.length === 0 ? html`<p>No instance is known here.</p>` : table(rows, all.length, nowMs)}
${pageNav(question, next)}
</section>`;
}

function statusNav(
  { given, filter }: PageQuery,
  counts: ReadonlyMap<string, number>,
  total: number,
): Html {
  const link = (status: string, label: string, count: number, isCurrent: boolean): Html =>
    html`<li><a href="${href(given, { status })}"${isCurrent ? html` aria-current="true"` : NOTHING}>${
      label
    } <strong>${count}</strong></a></li>`;
  const { statuses } = filter;
  const links = [...counts].map(([status, count]) =>
    link(status, shown(status), count, statuses.has(status.toLowerCase())),
  );
  return html`<nav aria-label="Instances by status">
<ul class="counts">${[link('', 'All', total, statuses.size === 0), ...links]}</ul>
</nav>`;
}

function searchForm(
  views: readonly ScopeView[],
  { given }: PageQuery,
  counts: ReadonlyMap<string, number>,
): Html {
  const regions = [...new Set(views.map(({ scope }) => scope.regionId))];
  const others = [...given].filter(([name]) => !['status', 'region', 'text'].includes(name));
  const hidden = others.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="get" role="search" aria-label="Instances">
${hidden}
<label>Status <select name="status">${options([...counts.keys()], given.get('status'))}</select></label>
<label>Region <select name="region">${options(regions, given.get('region'))}</select></label>
<label>Name, id or address <input type="search" name="text" value="${given.get('text') ?? ''}"></label>
<button>Show</button>
</form>`;
}

/** The choices, and what is chosen now even when it is none of them, such as several at once. */
function options(choices: readonly string[], chosen = ''): readonly Html[] {
  const isKnown = choices.some((choice) => isSame(choice, chosen));
  const all = ['', ...choices, ...(isKnown || chosen === '' ? [] : [chosen])];
  return all.map(
    (choice) =>
      html`<option value="${choice}"${isSame(choice, chosen) ? html` selected` : NOTHING}>${
        choice === '' ? 'any' : shown(choice)
      }</option>`,
  );
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

// The roles are what the elements mean anyway; on a narrow screen the style sheet lays rows out as
// cards, and some browsers would then forget that this is a table.
function table(rows: readonly InstanceRow[], total: number, nowMs: number): Html {
  return html`<table role="table">
<caption class="quiet">${counted(total, 'instance')}, the last changed first. One that changes while
you turn pages moves to the first page.</caption>
<thead role="rowgroup"><tr role="row">
<th scope="col" role="columnheader">Instance</th>
<th scope="col" role="columnheader">Status</th>
<th scope="col" role="columnheader">Since</th>
<th scope="col" role="columnheader">Where</th>
</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => tableRow(row, nowMs))}
</tbody>
</table>`;
}

function tableRow({ instanceId, scope, sinceMs, instance }: InstanceRow, nowMs: number): Html {
  const { name = '', status, zoneId, instanceType, privateIps = [], publicIps = [] } = instance;
  const where = [scope, zoneId, instanceType, ...privateIps, ...publicIps]
    .filter((part) => part !== undefined)
    .map((part) => html`<span class="whole">${shown(part)}</span> `);
  return html`<tr role="row">
<th scope="row" role="rowheader">${name === '' ? NOTHING : nameOf(name)}${idLink(instanceId)}</th>
<td role="cell" class="status">${statusOf(status)}</td>
<td role="cell" class="since">${time(sinceMs)} <span class="quiet whole">${ago(sinceMs, nowMs)}</span></td>
<td role="cell" class="where quiet">${where}</td>
</tr>
`;
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

function recentSection({ recent, nowMs }: FleetPage): Html {
  const items = recent.map(
    (
      item,
    ) => html`<li>${time(item.commit.atMs)} <span class="quiet"><span class="whole">${ago(item.commit.atMs, nowMs)},</span>
<span class="whole">${shown(item.commit.scope)}</span></span><br>${item.kind === 'change' ? changeText(item) : noticeOf(item.notice)}</li>
`,
  );
  return html`<section aria-labelledby="recent">
<h2 id="recent">Recent changes</h2>
${items.length === 0 ? html`<p>None yet.</p>` : html`<ol class="feed">${items}</ol>`}
</section>`;
}

function changeText({ change }: ChangeItem): Html {
  const { instanceId, name = '', from, to } = change;
  const moved = html`${from === null ? 'new' : statusOf(from)} → ${
    to === null ? html`<strong>released</strong>` : statusOf(to)
  }`;
  return html`${name === '' ? NOTHING : html`${nameOf(name)} `}${idLink(instanceId)}: ${moved}`;
}

function noticeOf(notice: Notice): Html {
  const [symbol, text] = noticeText(notice);
  return html`<span aria-hidden="true">${symbol}</span> <strong>Notice:</strong> ${text}`;
}

function channelsSection({ channels, nowMs }: FleetPage): Html {
  const cards = channels.map((channel) => channelCard(channel, nowMs));
  return html`<section aria-labelledby="channels">
<h2 id="channels">Channels</h2>
${cards.length === 0 ? html`<p>No channel has been served yet.</p>` : html`<ul class="cards">${cards}</ul>`}
</section>`;
}

function channelCard(
  { channel, backlog, failures, problem, deliveredAt }: ChannelHealth,
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
${backlog === 0 ? NOTHING : html`${counted(backlog, 'commit')} to tell<br>`}
<span class="quiet">${delivered}</span>${problem === undefined ? '' : html`<br>${cleanText(problem, 200)}`}</li>`;
}

/** Shapes, so that a status is told apart at a glance and not by colour. */
const SHAPES: Readonly<Record<string, string>> = {
  Running: '●',
  Stopped: '■',
  Pending: '◐',
  Starting: '◐',
  Stopping: '◐',
};
const OTHER_SHAPE = '○';

function statusOf(status: string): Html {
  const shape = SHAPES[status] ?? OTHER_SHAPE;
  return html`<span class="whole"><span aria-hidden="true">${shape}</span>\u00a0${shown(status)}</span>`;
}

const HAN = /\p{Script=Han}/u;

/** A name in its own direction; a Chinese one with the glyphs and line breaks of its language. */
function nameOf(name: string): Html {
  const text = shown(name);
  return HAN.test(text) ? html`<bdi lang="zh">${text}</bdi>` : html`<bdi>${text}</bdi>`;
}

function idLink(instanceId: string): Html {
  const address = `instances/${encodeURIComponent(instanceId)}`;
  return html`<a class="id whole" href="${address}">${shown(instanceId)}</a>`;
}

/** Text from outside: nothing in it acts; longer than most names, so that an id is never cut. */
function shown(text: string): string {
  return cleanText(text, 128);
}

/** An address of this page: the parameters given, with some changed; an empty one is left out. */
function href(given: QueryParameters, changes: Readonly<Record<string, string>>): string {
  const parameters = new Map([...given, ...Object.entries(changes)]);
  const pairs = [...parameters].filter(([, value]) => value !== '');
  return `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

function time(ms: number): Html {
  const iso = isoTime(ms);
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** How long ago in the largest unit of which it is at least two. */
function ago(ms: number, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - ms);
  const [unit, unitMs] = UNITS.find(([, size]) => ageMs >= 2 * size) ?? ['s', 1_000];
  return `${Math.floor(ageMs / unitMs)} ${unit} ago`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
