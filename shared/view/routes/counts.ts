import { isoTime } from '../../core/time.ts';
import { countsAt, sumOf } from '../core/counts.ts';
import { isInScope } from '../core/filter.ts';
import { isInvalid } from '../core/parameters.ts';
import { parseCountsQuery } from '../core/query.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import { readLater } from '../read-moment.ts';
import type { Route } from './route.ts';

/** The instances by status over time, for plots. */
export const countsRoute: Route = {
  name: 'counts',
  path: '/counts',
  methods: ['GET'],
  access: 'token',
  handler: counts,
};

async function counts(ports: ViewPorts, request: ViewRequest): Promise<Reply> {
  const query = parseCountsQuery(request.query, ports.scopes, ports.now());
  if (isInvalid(query)) return badRequest(query.problems);
  const { filter, period, stepMs } = query;
  const { fromMs, toMs } = period;
  const wanted = ports.scopes.filter((scope) => isInScope(filter, scope));
  const present = await readFleet(ports, wanted);
  const later = await readLater(ports, present, { kind: 'time', timeMs: fromMs });
  if (isInvalid(later)) return badRequest(later.problems);
  const timesMs = timesIn(fromMs, toMs, stepMs);
  const ofScopes = present.map(({ snapshot }, index) =>
    countsAt(snapshot, later[index] ?? [], timesMs),
  );
  return {
    status: 200,
    json: {
      stepSeconds: stepMs / 1_000,
      scopes: wanted.map(({ key }) => key),
      points: timesMs.map((timeMs, point) => ({
        at: isoTime(timeMs),
        counts: sumOf(ofScopes.flatMap((all) => all[point] ?? [])),
      })),
    },
  };
}

function timesIn(fromMs: number, toMs: number, stepMs: number): readonly number[] {
  const points = Math.floor((toMs - fromMs) / stepMs) + 1;
  return Array.from({ length: points }, (_, index) => fromMs + index * stepMs);
}
