import { HEALTH_LIMITS, staleAfterMs } from '../../core/health.ts';
import { isoTime } from '../../core/time.ts';
import { addCounts, POINT_SCHEMA, type Point, pointJson } from '../core/counts.ts';
import { scopesIn } from '../core/filter.ts';
import { SCOPE_SCHEMA, scopeJson } from '../core/fleet-json.ts';
import { AGE_FIELDS, FRESHNESS_HEADERS, freshnessHeaders, oldest } from '../core/freshness.ts';
import { BAD_REQUEST, jsonResponse, UNREADABLE } from '../core/openapi/responses.ts';
import { isInvalid } from '../core/parameters.ts';
import { COUNTS_PARAMETERS, parseCountsQuery } from '../core/queries/counts.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { COUNT, listSchema, objectSchema, TIME } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import { readCommitsAfter, readPresent, readStates } from '../read-moment.ts';
import type { Route } from './route.ts';

const ANSWER_SCHEMA = objectSchema({
  ...AGE_FIELDS,
  stepSeconds: COUNT,
  scopes: listSchema(SCOPE_SCHEMA),
  points: listSchema(objectSchema({ at: TIME, counts: POINT_SCHEMA })),
});

/** The instances by status over time, for plots. */
export const countsRoute: Route = {
  name: 'counts',
  path: '/counts',
  methods: ['GET'],
  access: 'token',
  about: {
    summary: 'The instances by status over time, for plots',
    parameters: COUNTS_PARAMETERS,
    responses: {
      200: jsonResponse(
        'The points. counts is null where the state was too old to be counted.',
        ANSWER_SCHEMA,
        FRESHNESS_HEADERS,
      ),
      400: BAD_REQUEST,
      503: UNREADABLE,
    },
  },
  handler: counts,
};

async function counts(ports: ViewPorts, request: ViewRequest): Promise<Reply> {
  const query = parseCountsQuery(request.query, ports.scopes, ports.now());
  if (isInvalid(query)) return badRequest(query.problems);
  const { filter, period, stepMs } = query;
  const { fromMs, toMs, endsNow } = period;
  const wanted = scopesIn(filter, ports.scopes);
  const present = await readPresent(ports, wanted);
  const last = endsNow ? present : await readStates(ports, present, { kind: 'time', timeMs: toMs });
  if (isInvalid(last)) return badRequest(last.problems);
  const commits = await readCommitsAfter(ports, last, { kind: 'time', timeMs: fromMs });
  if (isInvalid(commits)) return badRequest(commits.problems);
  const timesMs = timesIn(fromMs, toMs, stepMs);
  const points = timesMs.map((): Point => new Map());
  for (const [index, { snapshot, health, seenAtMs }] of last.entries()) {
    const patienceMs = staleAfterMs(health ?? {}, ports.healthLimits ?? HEALTH_LIMITS);
    const before = commits[index] ?? [];
    addCounts(points, { snapshot, commits: before, seenAtMs, patienceMs }, timesMs);
  }
  const age = oldest(present.map(({ freshness }) => freshness));
  return {
    status: 200,
    headers: freshnessHeaders(age),
    json: {
      ...age,
      stepSeconds: stepMs / 1_000,
      scopes: present.map(scopeJson),
      points: timesMs.map((timeMs, index) => {
        return { at: isoTime(timeMs), counts: pointJson(points[index] ?? null) };
      }),
    },
  };
}

function timesIn(fromMs: number, toMs: number, stepMs: number): readonly number[] {
  const points = Math.floor((toMs - fromMs) / stepMs) + 1;
  return Array.from({ length: points }, (_, index) => fromMs + index * stepMs);
}
