import { sha256 } from '../../lib/sha256.ts';
import { cursorProblem, FEED_CURSOR_KINDS } from '../core/feed-cursor.ts';
import { scopesIn } from '../core/filter.ts';
import {
  byKey,
  countStatuses,
  filterInstances,
  type InstanceRow,
  instanceJson,
  LISTED_INSTANCE_SCHEMA,
  SCOPE_SCHEMA,
  type ScopeView,
  STATUS_COUNTS_SCHEMA,
  scopeJson,
  sorted,
} from '../core/fleet.ts';
import {
  AGE_FIELDS,
  FRESHNESS_HEADERS,
  type Freshness,
  freshnessHeaders,
  oldest,
} from '../core/freshness.ts';
import { csv, MEDIA_TYPES, ndjson, withFields } from '../core/listing.ts';
import { BAD_REQUEST, ETAG_HEADER, NOT_MODIFIED, UNREADABLE } from '../core/openapi/responses.ts';
import { instancesToken } from '../core/page-token.ts';
import { isInvalid } from '../core/parameters.ts';
import { unknownStatuses } from '../core/queries/filters.ts';
import {
  INSTANCES_PARAMETERS,
  type InstancesQuery,
  parseInstancesQuery,
} from '../core/queries/instances.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { COUNT, listSchema, objectSchema, TEXT } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleetAt } from '../read-moment.ts';
import { shortened, withWholeCursors } from '../short-cursor.ts';
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
  const shorten = (token: string) =>
    shortened(ports, wanted, CURSOR.kind, token, query.moment.kind === 'now' ? 0 : query.nowMs);
  const { total, headers, nextCursor, ...answer } = await listing(views, query, age, shorten);
  const tooLong = cursorProblem(nextCursor ?? '', views.length);
  if (tooLong !== undefined) return badRequest([tooLong]);
  return {
    status: 200,
    ...answer,
    headers: {
      ...freshnessHeaders(age),
      'x-total-count': String(total),
      vary: 'accept',
      ...headers,
    },
    etag: etagOf(views, query, request),
  };
}

const CURSOR = { kind: FEED_CURSOR_KINDS.instances, names: ['cursor'] };

/** The page in its format. Lines and tables have no place for a total and a cursor but the headers. */
async function listing(
  views: readonly ScopeView[],
  query: InstancesQuery,
  age: Freshness,
  shorten: (token: string) => Promise<string>,
) {
  const { filter, fields, format, sort, limit, after, nowMs } = query;
  const all = filterInstances(views, filter, nowMs);
  const list = sorted(all, sort);
  const offset = offsetAfter(list, after);
  const page = list.slice(offset, offset + limit);
  const rows = page.map((row) => withFields(instanceJson(row), fields));
  const cursor = cursorAfter(views, query, offset + page.length, all.length);
  const nextCursor = cursor === undefined ? undefined : await shorten(cursor);
  const total = all.length;
  if (format === 'json') {
    const scopes = views.map(scopeJson);
    const counts = countsJson(all);
    return {
      total,
      nextCursor,
      json: { ...age, scopes, total, counts, instances: rows, ...(nextCursor && { nextCursor }) },
    };
  }
  return {
    total,
    nextCursor,
    content: format === 'csv' ? csv(rows, fields) : ndjson(rows),
    mediaType: MEDIA_TYPES[format],
    headers: { ...(nextCursor && { 'x-next-cursor': nextCursor }) },
  };
}

function offsetAfter(list: readonly InstanceRow[], after: InstancesQuery['after']): number {
  if (typeof after === 'number') return after;
  return list.filter((row) => byKey(row, after) <= 0).length;
}

function countsJson(all: readonly InstanceRow[]): object {
  return Object.fromEntries(countStatuses(all.map(({ instance }) => instance)));
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
  { filter, nowMs, format }: InstancesQuery,
  { query }: ViewRequest,
): string {
  const states = views.map(({ scope, snapshot, freshness: { asOf, stale, healthy, rests } }) => [
    scope.key,
    snapshot.seq,
    // After the tables were removed, the same number stands for another commit.
    snapshot.instances.size,
    asOf === null,
    stale,
    healthy,
    rests,
  ]);
  const minute = filter.stoppedForMs === null ? null : Math.floor(nowMs / MINUTE_MS);
  const made = JSON.stringify([FORM_VERSION, [...query].sort(), format, minute, states]);
  return `W/"${sha256(made).toString('base64url')}"`;
}

const MINUTE_MS = 60_000;
/** Raised with the form of the answer: a client must not keep that of an older version. */
const FORM_VERSION = 1;
