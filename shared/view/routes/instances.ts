import {
  byKey,
  filterInstances,
  instanceJson,
  isInScope,
  pageOf,
  scopeJson,
} from '../core/fleet.ts';
import { oldest } from '../core/freshness.ts';
import { instancesToken } from '../core/page-token.ts';
import { isInvalid } from '../core/parameters.ts';
import { parseInstancesQuery } from '../core/query.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import type { Route } from './route.ts';

/** The instances that there are now, filtered and in pages. */
export const instancesRoute: Route = {
  name: 'instances',
  path: '/instances',
  methods: ['GET'],
  access: 'token',
  handler: instances,
};

async function instances(ports: ViewPorts, request: ViewRequest): Promise<Reply> {
  const query = parseInstancesQuery(request.query, ports.scopes);
  if (isInvalid(query)) return badRequest(query.problems);
  const { filter, after, limit } = query;
  const wantedScopes = ports.scopes.filter((scope) => isInScope(filter, scope));
  const views = await readFleet(ports, wantedScopes);
  const all = filterInstances(views, filter);
  const { rows, next } = pageOf(all, byKey, after, limit);
  return {
    status: 200,
    json: {
      ...oldest(views.map((view) => view.freshness)),
      scopes: views.map(scopeJson),
      total: all.length,
      instances: rows.map(instanceJson),
      ...(next && { nextCursor: instancesToken.encode(next) }),
    },
  };
}
