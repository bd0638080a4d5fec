import { WATCHER } from '../../core/watcher-journal.ts';
import { type NewsItem, newsOf } from '../core/feed.ts';
import { SCOPE_FIELDS, scopeJson } from '../core/fleet-json.ts';
import {
  AGE_FIELDS,
  FRESHNESS_HEADERS,
  freshnessHeaders,
  oldest,
  RESTS_FIELD,
} from '../core/freshness.ts';
import { channelHealth } from '../core/health-json.ts';
import { instanceTotals } from '../core/instance-totals.ts';
import { BAD_REQUEST, jsonResponse, UNREADABLE } from '../core/openapi/responses.ts';
import { fleetPage } from '../core/page/fleet-page.ts';
import { RECENT_ITEMS } from '../core/page/recent-section.ts';
import { isInvalid, NO_PARAMETERS, parseNoParameters } from '../core/parameters.ts';
import { PAGE_PARAMETERS, parsePageQuery } from '../core/queries/page.ts';
import { registeredChannels } from '../core/registered-channels.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import { type QueryParameters, type ViewRequest, wantsHtml } from '../core/request.ts';
import { LAST_SCAN_FIELD, scanJson } from '../core/scan-json.ts';
import { COUNT, listSchema, mapSchema, objectSchema, TEXT } from '../core/schema.ts';
import { STATUS_COUNTS_SCHEMA, sumCounts } from '../core/status-counts.ts';
import { readEnds, readFeed } from '../feed.ts';
import { HTML_TYPE, PLAIN_VARY, pageReply, plainWords, scriptedPageReply } from '../page-reply.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import type { Route } from './route.ts';

const STATUSES_FIELD = { statuses: STATUS_COUNTS_SCHEMA };

const SUMMARY_SCHEMA = objectSchema({
  ...AGE_FIELDS,
  total: COUNT,
  ...STATUSES_FIELD,
  scopes: listSchema(
    objectSchema({ ...SCOPE_FIELDS, ...STATUSES_FIELD }, { ...RESTS_FIELD, ...LAST_SCAN_FIELD }),
  ),
  links: mapSchema(TEXT),
});

/** `/`: the page for a browser, a summary with links for a program. */
export function homeRoute(links: object): Route {
  return {
    name: 'home',
    path: '/',
    methods: ['GET'],
    access: 'token',
    hasErrorPage: true,
    about: {
      summary: 'The fleet in numbers, and all addresses; a browser gets a page',
      // The page has parameters of its own, which its links and its form set.
      parameters: NO_PARAMETERS,
      responses: {
        200: jsonResponse('The summary.', SUMMARY_SCHEMA, FRESHNESS_HEADERS),
        400: BAD_REQUEST,
        503: UNREADABLE,
      },
    },
    handler: async (ports, request) => {
      if (!wantsHtml(request)) return summary(ports, request.query, links);
      const page = await ports.page?.();
      // Its parameters are read by its script: an old link must still open the page.
      return page === undefined ? plainPage(ports, request) : scriptedPageReply(page);
    },
  };
}

/** The page for a browser without scripts. */
export const plainRoute: Route = {
  name: 'plain',
  path: '/plain',
  methods: ['GET'],
  access: 'token',
  hasErrorPage: true,
  about: {
    summary: 'The page for a browser without scripts',
    parameters: PAGE_PARAMETERS,
    responses: {
      200: {
        description: 'An HTML page.',
        headers: {
          'content-security-policy': { description: 'What the page may load.', schema: TEXT },
        },
        content: { [HTML_TYPE]: TEXT },
      },
      400: BAD_REQUEST,
      503: UNREADABLE,
    },
  },
  handler: plainPage,
};

async function plainPage(ports: ViewPorts, request: ViewRequest): Promise<Reply> {
  const query = parsePageQuery(request.query, ports.scopes);
  if (isInvalid(query)) return badRequest(query.problems);
  const [views, recent, rows] = await Promise.all([
    readFleet(ports, ports.scopes),
    readNewest(ports, RECENT_ITEMS),
    ports.journal.channels(),
  ]);
  const lastSeqs = new Map(views.map(({ scope, snapshot }) => [scope.key, snapshot.seq]));
  const nowMs = ports.now();
  const heads = ports.scopes.map(({ key }) => ports.readings.get(key)?.head);
  const channels = registeredChannels(rows, ports.scopes, heads).map(({ name, state }) =>
    channelHealth(name, state, lastSeqs, nowMs, { isTrusted: true }),
  );
  const words = plainWords(request);
  const { withoutConsole } = ports;
  const data = { nowMs, words, views, query, recent, channels, withoutConsole };
  const reply = pageReply(200, fleetPage(data));
  return { ...reply, headers: { ...reply.headers, ...PLAIN_VARY } };
}

async function readNewest(
  { journal, scopes }: ViewPorts,
  limit: number,
): Promise<readonly NewsItem[]> {
  const journals = [...scopes, WATCHER];
  const { items } = await readFeed<NewsItem>(journal, journals, await readEnds(journal, journals), {
    direction: 'older',
    limit,
    itemsOf: newsOf,
    isWanted: () => true,
  });
  return items;
}

async function summary(
  ports: ViewPorts,
  parameters: QueryParameters,
  links: object,
): Promise<Reply> {
  const query = parseNoParameters(parameters);
  if (isInvalid(query)) return badRequest(query.problems);
  const views = await readFleet(ports, ports.scopes);
  const statuses = views.map(({ snapshot }) => instanceTotals(snapshot).statuses);
  const age = oldest(views.map((view) => view.freshness));
  return {
    status: 200,
    headers: freshnessHeaders(age),
    json: {
      ...age,
      total: views.reduce((sum, { snapshot }) => sum + snapshot.instances.size, 0),
      statuses: Object.fromEntries(sumCounts(statuses)),
      scopes: views.map((view) => ({
        ...scopeJson(view),
        ...scanJson(view.health),
        statuses: Object.fromEntries(instanceTotals(view.snapshot).statuses),
      })),
      links,
    },
  };
}
