import { detailsOf } from '../../core/model.ts';
import { isoTime } from '../../core/time.ts';
import { type Difference, differencesBetween } from '../core/difference.ts';
import { isInScope } from '../core/filter.ts';
import { scopeJson } from '../core/fleet.ts';
import { instancesToken } from '../core/page-token.ts';
import { isInvalid } from '../core/parameters.ts';
import { parseDiffQuery } from '../core/query.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import { fleetAt } from '../read-moment.ts';
import type { Route } from './route.ts';

/** What differs between two moments, over all scopes. */
export const diffRoute: Route = {
  name: 'diff',
  path: '/diff',
  methods: ['GET'],
  access: 'token',
  handler: diff,
};

async function diff(ports: ViewPorts, request: ViewRequest): Promise<Reply> {
  const query = parseDiffQuery(request.query, ports.scopes, ports.now());
  if (isInvalid(query)) return badRequest(query.problems);
  const { filter, limit, offset, identity } = query;
  const { fromMs, toMs } = query.period;
  const wanted = ports.scopes.filter((scope) => isInScope(filter, scope));
  const present = await readFleet(ports, wanted);
  const [before, after] = await Promise.all(
    [fromMs, toMs].map((timeMs) => fleetAt(ports, present, { kind: 'time', timeMs })),
  );
  if (before === undefined || isInvalid(before)) return badRequest(before?.problems ?? []);
  if (after === undefined || isInvalid(after)) return badRequest(after?.problems ?? []);
  const all = before.flatMap((earlier, index) => {
    const later = after[index] ?? earlier;
    return differencesBetween(earlier.scope.key, earlier.snapshot, later.snapshot, filter);
  });
  const page = all.slice(offset, offset + limit);
  const reached = offset + page.length;
  const place = { seqs: new Map(), offset: reached, nowMs: toMs };
  return {
    status: 200,
    json: {
      from: momentJson(fromMs),
      to: momentJson(toMs),
      scopes: after.map(scopeJson),
      total: all.length,
      differences: page.map(differenceJson),
      ...(reached < all.length && { nextCursor: instancesToken.encode(place, identity) }),
    },
  };
}

/** A moment, and where the whole fleet of it is shown. */
function momentJson(timeMs: number): object {
  return { at: isoTime(timeMs), instances: `/instances?at=${timeMs}` };
}

function differenceJson({ scope, instanceId, from, to, instance }: Difference): object {
  return { instanceId, scope, from, to, ...detailsOf(instance) };
}
