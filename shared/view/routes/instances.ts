import { isTagSent } from '../core/etag.ts';
import { cursorProblem, FEED_CURSOR_KINDS } from '../core/feed-cursor.ts';
import { scopesIn } from '../core/filter.ts';
import type { ScopeView } from '../core/fleet.ts';
import { LISTED_INSTANCE_SCHEMA, SCOPE_SCHEMA, scopeJson } from '../core/fleet-json.ts';
import {
  AGE_FIELDS,
  FRESHNESS_HEADERS,
  type Freshness,
  freshnessHeaders,
  oldest,
} from '../core/freshness.ts';
import { type InstanceList, offsetAfter } from '../core/instance-list.ts';
import { instanceTotals } from '../core/instance-totals.ts';
import { indented, pretty, prettyObject } from '../core/json-text.ts';
import { type Format, MEDIA_TYPES } from '../core/listing.ts';
import { BAD_REQUEST, ETAG_HEADER, NOT_MODIFIED, UNREADABLE } from '../core/openapi/responses.ts';
import { instancesToken } from '../core/page-token.ts';
import { isInvalid } from '../core/parameters.ts';
import { unknownStatuses } from '../core/queries/filters.ts';
import {
  INSTANCES_PARAMETERS,
  type InstancesQuery,
  parseInstancesQuery,
} from '../core/queries/instances.ts';
import { JSON_TYPE } from '../core/render.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { COUNT, listSchema, objectSchema, TEXT } from '../core/schema.ts';
import { STATUS_COUNTS_SCHEMA } from '../core/status-counts.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleetAt } from '../read-moment.ts';
import { shortened, withWholeCursors } from '../short-cursor.ts';
import { stalenessOf, weakTag } from '../validator.ts';
import type { Route } from './route.ts';

const ANSWER_SCHEMA = objectSchema(
  {
    ...AGE_FIELDS,
    scopes: listSchema(SCOPE_SCHEMA),
    total: COUNT,
    counts: STATUS_COUNTS_SCHEMA,
    instances: listSchema(LISTED_INSTANCE_SCHEMA),
  },
  { nextCursor: TEXT },
);

const HEADERS = {
  ...FRESHNESS_HEADERS,
  ...ETAG_HEADER,
  'x-total-count': { description: 'The instances of all pages.', schema: COUNT },
  'x-next-cursor': { description: 'Of lines and tables, which have no fields.', schema: TEXT },
};

/** The instances that there are, or were at a time: filtered, sorted and in pages. */
export const instancesRoute: Route = {
  name: 'instances',
  path: '/instances',
  methods: ['GET'],
  access: 'token',
  // A client may keep an answer, and asks each time whether it still holds.
  cacheControl: 'private, no-cache',
  about: {
    summary: 'The instances that there are, or were at a time: filtered, sorted and in pages',
    parameters: INSTANCES_PARAMETERS,
    responses: {
      200: {
        description: 'A page, in the state of the fleet that the first one was made of.',
        headers: HEADERS,
        content: {
          [MEDIA_TYPES.json]: ANSWER_SCHEMA,
          [MEDIA_TYPES.ndjson]: TEXT,
          [MEDIA_TYPES.csv]: TEXT,
        },
      },
      304: { ...NOT_MODIFIED, headers: HEADERS },
      400: BAD_REQUEST,
      503: UNREADABLE,
    },
  },
  handler: instances,
};

async function instances(ports: ViewPorts, given: ViewRequest): Promise<Reply> {
  const request = await withWholeCursors(ports, given, CURSOR, (rest) => {
    const query = parseInstancesQuery(rest, ports.scopes, ports.now());
    return isInvalid(query) ? [] : scopesIn(query.filter, ports.scopes);
  });
  if (isInvalid(request)) return badRequest(request.problems);
  const query = parseInstancesQuery(request, ports.scopes, ports.now());
  if (isInvalid(query)) return badRequest(query.problems);
  const wanted = scopesIn(query.filter, ports.scopes);
  const views = await readFleetAt(ports, wanted, query.moment);
  if (isInvalid(views)) return badRequest(views.problems);
  const unknown = unknownStatuses(query.filter, views);
  if (unknown.length > 0) return badRequest(unknown);
  const age = oldest(views.map((view) => view.freshness));
  const etag = etagOf(views, query, request);
  const headers = { ...freshnessHeaders(age), vary: 'accept' };
  // Before the rows are made: a client that asks every minute has most answers already.
  if (isTagSent(request.headers, etag)) return { status: 304, empty: true, headers, etag };
  const { rows, counts } = ports.queries.list(views, query);
  const offset = offsetAfter(rows, query.after);
  const cursor = cursorAfter(views, query, offset + query.limit, rows.length);
  const pinnedAtMs = query.moment.kind === 'now' ? 0 : query.nowMs;
  const nextCursor = cursor && (await shortened(ports, wanted, CURSOR.kind, cursor, pinnedAtMs));
  const tooLong = cursorProblem(nextCursor ?? '', views.length);
  if (tooLong !== undefined) return badRequest([tooLong]);
  const page = ports.queries.page(views, query, offset);
  return {
    status: 200,
    ...listContent(query.format, page, { age, views, total: rows.length, counts, nextCursor }),
    headers: {
      ...headers,
      'x-total-count': String(rows.length),
      // Lines and tables have no place for a cursor.
      ...(query.format !== 'json' && nextCursor !== undefined && { 'x-next-cursor': nextCursor }),
    },
    etag,
  };
}

const CURSOR = { kind: FEED_CURSOR_KINDS.instances, names: ['cursor'] };

interface ListFacts {
  readonly age: Freshness;
  readonly views: readonly ScopeView[];
  readonly total: number;
  readonly counts: InstanceList['counts'];
  readonly nextCursor: string | undefined;
}

/** A page in its format. Only what is around the page is written for each answer. */
function listContent(
  format: Format,
  page: string,
  { age, views, total, counts, nextCursor }: ListFacts,
): { readonly content: string; readonly mediaType: string } {
  if (format !== 'json') return { content: page, mediaType: MEDIA_TYPES[format] };
  const before = { ...age, scopes: views.map(scopeJson), total, counts };
  const members = {
    ...membersOf(before),
    instances: page,
    ...membersOf({ ...(nextCursor !== undefined && { nextCursor }) }),
  };
  return { content: `${prettyObject(members)}\n`, mediaType: JSON_TYPE };
}

function membersOf(object: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, indented(pretty(value))]),
  );
}

/** Undefined behind the last instance. */
function cursorAfter(
  views: readonly ScopeView[],
  { nowMs, identity }: InstancesQuery,
  offset: number,
  total: number,
): string | undefined {
  if (offset >= total) return undefined;
  const seqs = new Map(views.map(({ scope, snapshot }) => [scope.key, snapshot.seq]));
  return instancesToken.encode({ seqs, offset, nowMs }, identity);
}

/**
 * The same as long as nothing has happened: the time that has passed since the last scan stands in the
 * headers, and is new in every answer. A duration is judged by the minute.
 */
function etagOf(
  views: readonly ScopeView[],
  { filter, judgedAtMs, format }: InstancesQuery,
  { query }: ViewRequest,
): string {
  const states = views.map(({ scope, snapshot, freshness }) => [
    scope.key,
    snapshot.seq,
    // After the tables were removed, the same number stands for another commit.
    instanceTotals(snapshot).digest,
    ...stalenessOf(freshness),
  ]);
  const judged = filter.stoppedForMs === null ? null : judgedAtMs;
  return weakTag([FORM_VERSION, [...query].sort(), format, judged, states]);
}

/** Raised with the form of the answer: a client must not keep that of an older version. */
const FORM_VERSION = 1;
