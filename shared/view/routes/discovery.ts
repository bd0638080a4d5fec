import { knowsAll, TARGET_GROUP_SCHEMA, targetGroups } from '../core/discovery.ts';
import { scopesIn } from '../core/filter.ts';
import { filterInstances } from '../core/fleet.ts';
import { FRESHNESS_HEADERS, freshnessHeaders, oldest } from '../core/freshness.ts';
import { byKey } from '../core/instance-order.ts';
import { BAD_REQUEST, jsonResponse, problemResponse } from '../core/openapi/responses.ts';
import { isInvalid } from '../core/parameters.ts';
import { DISCOVERY_PARAMETERS, parseDiscoveryQuery } from '../core/queries/discovery.ts';
import { unknownStatuses } from '../core/queries/filters.ts';
import { badRequest, errorReply, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { listSchema } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import type { Route } from './route.ts';

/** What a Prometheus server scrapes on the instances: HTTP service discovery. */
export const discoveryRoute: Route = {
  name: 'discovery',
  path: '/sd',
  methods: ['GET'],
  access: 'monitoring',
  about: {
    summary: 'The instances as targets of Prometheus: HTTP service discovery',
    parameters: DISCOVERY_PARAMETERS,
    responses: {
      200: jsonResponse(
        'A group for each instance that has such an address.',
        listSchema(TARGET_GROUP_SCHEMA),
        FRESHNESS_HEADERS,
      ),
      400: BAD_REQUEST,
      503: problemResponse('Not all targets are known, or the journal could not be read.'),
    },
  },
  handler: discovery,
};

async function discovery(ports: ViewPorts, request: ViewRequest): Promise<Reply> {
  const query = parseDiscoveryQuery(request.query, ports.scopes);
  if (isInvalid(query)) return badRequest(query.problems);
  const wanted = scopesIn(query.filter, ports.scopes);
  const views = await readFleet(ports, wanted);
  if (ports.scopes.length === 0 || !knowsAll(views)) return UNKNOWN;
  const unknown = unknownStatuses(query.filter, views);
  if (unknown.length > 0) return badRequest(unknown);
  const rows = filterInstances(views, query.filter, ports.now()).toSorted(byKey);
  const accounts = new Map(wanted.map(({ key, account }) => [key, account]));
  const groups = targetGroups(rows, accounts, query);
  return {
    status: 200,
    content: `${JSON.stringify(groups)}\n`,
    mediaType: 'application/json',
    headers: freshnessHeaders(oldest(views.map(({ freshness }) => freshness))),
  };
}

/** Prometheus keeps its targets when discovery fails; an empty list would remove all of them. */
const UNKNOWN = errorReply(
  503,
  'not-known-yet',
  'a scope has not been scanned whole yet, so that not all targets are known; narrow the query by scope, account or region',
);
