import { DELIVERY_SCHEMA, deliveryJson, newestDeliveries, readBefore } from '../core/deliveries.ts';
import { BAD_REQUEST, jsonResponse, UNREADABLE } from '../core/openapi/responses.ts';
import { deliveriesToken } from '../core/page-token.ts';
import { isInvalid } from '../core/parameters.ts';
import { DELIVERIES_PARAMETERS, parseDeliveriesQuery } from '../core/queries/deliveries.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { listSchema, objectSchema, TEXT } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import type { Route } from './route.ts';

const ANSWER_SCHEMA = objectSchema(
  { deliveries: listSchema(DELIVERY_SCHEMA) },
  { nextCursor: TEXT },
);

/** What became of messages: every attempt of every channel, newest first. */
export const deliveriesRoute: Route = {
  name: 'deliveries',
  path: '/deliveries',
  methods: ['GET'],
  access: 'all-rights',
  about: {
    summary: 'Every attempt at a message, newest first, and what its receiver answered',
    parameters: DELIVERIES_PARAMETERS,
    responses: {
      200: jsonResponse('A page of attempts.', ANSWER_SCHEMA),
      400: BAD_REQUEST,
      503: UNREADABLE,
    },
  },
  handler: deliveries,
};

async function deliveries({ journal }: ViewPorts, request: ViewRequest): Promise<Reply> {
  const names = [...(await journal.channels()).keys()].sort();
  const query = parseDeliveriesQuery(request.query, names);
  if (isInvalid(query)) return badRequest(query.problems);
  const { channels, limit, after } = query;
  const wanted = names.filter((name) => channels.size === 0 || channels.has(name));
  const read = wanted.map(async (name) => {
    return [name, await journal.deliveries(name, limit + 1, readBefore(name, after))] as const;
  });
  const { records, next } = newestDeliveries(new Map(await Promise.all(read)), limit);
  return {
    status: 200,
    json: {
      deliveries: records.map(([channel, record]) => deliveryJson(channel, record)),
      ...(next && { nextCursor: deliveriesToken.encode(next) }),
    },
  };
}
