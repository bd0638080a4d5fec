import { describedJson } from '../../core/note.ts';
import { isoTime } from '../../core/time.ts';
import { type Difference, differencesBetween } from '../core/difference.ts';
import { cursorProblem } from '../core/feed-cursor.ts';
import { scopesIn } from '../core/filter.ts';
import type { ScopeView } from '../core/fleet.ts';
import { DETAIL_FIELDS, SCOPE_SCHEMA, scopeJson } from '../core/fleet-json.ts';
import { AGE_FIELDS, FRESHNESS_HEADERS, freshnessHeaders, oldest } from '../core/freshness.ts';
import { BAD_REQUEST, jsonResponse, UNREADABLE } from '../core/openapi/responses.ts';
import { diffToken } from '../core/page-token.ts';
import { isInvalid, type Problems } from '../core/parameters.ts';
import { DIFF_PARAMETERS, type DiffQuery, parseDiffQuery } from '../core/queries/diff.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { COUNT, listSchema, named, objectSchema, orNull, TEXT, TIME } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import { readPresent, readStates, unwatched } from '../read-moment.ts';
import type { PastMoment } from '../seqs-at.ts';
import type { Route } from './route.ts';

const MOMENT_SCHEMA = named(
  'Moment',
  objectSchema({ at: TIME, asOf: AGE_FIELDS.asOf, stale: AGE_FIELDS.stale, instances: TEXT }),
);

const DIFFERENCE_SCHEMA = named(
  'Difference',
  objectSchema(
    { instanceId: TEXT, scope: TEXT, from: orNull(TEXT), to: orNull(TEXT) },
    DETAIL_FIELDS,
  ),
);

const ANSWER_SCHEMA = objectSchema(
  {
    from: MOMENT_SCHEMA,
    to: MOMENT_SCHEMA,
    scopes: listSchema(SCOPE_SCHEMA),
    total: COUNT,
    differences: listSchema(DIFFERENCE_SCHEMA),
  },
  { nextCursor: TEXT },
);

/** What differs between two moments, over all scopes. */
export const diffRoute: Route = {
  name: 'diff',
  path: '/diff',
  methods: ['GET'],
  access: 'token',
  about: {
    summary: 'The instances whose status differs between two moments',
    parameters: DIFF_PARAMETERS,
    responses: {
      200: jsonResponse('A page of differences.', ANSWER_SCHEMA, FRESHNESS_HEADERS),
      400: BAD_REQUEST,
      503: UNREADABLE,
    },
  },
  handler: diff,
};

async function diff(ports: ViewPorts, request: ViewRequest): Promise<Reply> {
  const query = parseDiffQuery(request.query, ports.scopes, ports.now());
  if (isInvalid(query)) return badRequest(query.problems);
  const { filter, limit, place, identity, period } = query;
  const states = await readBoth(ports, query);
  if (isInvalid(states)) return badRequest(states.problems);
  const { before, after } = states;
  const all = before.flatMap((earlier, index) => {
    const later = after[index] ?? earlier;
    return differencesBetween(earlier.scope.key, earlier.snapshot, later.snapshot, filter);
  });
  const offset = place?.offset ?? 0;
  const page = all.slice(offset, offset + limit);
  const reached = offset + page.length;
  const next = {
    before: seqsOf(before),
    after: seqsOf(after),
    offset: reached,
    nowMs: period.toMs,
  };
  const nextCursor = reached < all.length ? diffToken.encode(next, identity) : '';
  const tooLong = cursorProblem(nextCursor, before.length);
  if (tooLong !== undefined) return badRequest([tooLong]);
  return {
    status: 200,
    headers: freshnessHeaders(oldest(after.map(({ freshness }) => freshness))),
    json: {
      from: momentJson(period.fromMs, before),
      to: momentJson(period.toMs, after),
      scopes: after.map(scopeJson),
      total: all.length,
      differences: page.map(differenceJson),
      ...(nextCursor !== '' && { nextCursor }),
    },
  };
}

interface States {
  readonly before: readonly ScopeView[];
  readonly after: readonly ScopeView[];
}

/** Both states, the earlier one from the later one or from what is kept. */
async function readBoth(
  ports: ViewPorts,
  { filter, period, place }: DiffQuery,
): Promise<States | Problems> {
  const { fromMs, toMs, endsNow } = period;
  const wanted = scopesIn(filter, ports.scopes);
  const present = await readPresent(ports, wanted);
  const boundOf = (timeMs: number, seqs: ReadonlyMap<string, number> | undefined): PastMoment =>
    seqs === undefined ? { kind: 'time', timeMs } : { kind: 'seqs', seqs, timeMs };
  const isPresent = endsNow && place === undefined;
  const after = isPresent ? present : await readStates(ports, present, boundOf(toMs, place?.after));
  if (isInvalid(after)) return after;
  const before = await readStates(ports, after, boundOf(fromMs, place?.before));
  if (isInvalid(before)) return before;
  const problems = before.filter(({ snapshot }) => !snapshot.baselined).map(unwatched);
  return problems.length > 0 ? { problems } : { before, after };
}

function seqsOf(views: readonly ScopeView[]): ReadonlyMap<string, number> {
  return new Map(views.map(({ scope, snapshot }) => [scope.key, snapshot.seq]));
}

/** A moment, how old what was known then was, and where the whole fleet of it is shown. */
function momentJson(timeMs: number, views: readonly ScopeView[]): object {
  const { asOf, stale } = oldest(views.map(({ freshness }) => freshness));
  return { at: isoTime(timeMs), asOf, stale, instances: `/instances?at=${timeMs}` };
}

function differenceJson({ scope, instanceId, from, to, instance }: Difference): object {
  return { instanceId, scope, from, to, ...describedJson(instance) };
}
