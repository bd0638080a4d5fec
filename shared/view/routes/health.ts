import { channelCondition } from '../core/channel-condition.ts';
import { FRESHNESS_HEADERS, freshness, freshnessHeaders, oldest } from '../core/freshness.ts';
import {
  CHANNEL_HEALTH_SCHEMA,
  channelHealth,
  SCOPE_HEALTH_SCHEMA,
  scopeHealth,
} from '../core/health-json.ts';
import { BAD_REQUEST, jsonResponse } from '../core/openapi/responses.ts';
import { isInvalid, NO_PARAMETERS, parseNoParameters } from '../core/parameters.ts';
import { registeredChannels } from '../core/registered-channels.ts';
import { badRequest, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { BOOLEAN, listSchema, named, objectSchema, TEXT } from '../core/schema.ts';
import { readHealthRows } from '../health-rows.ts';
import type { ViewPorts } from '../ports.ts';
import { healthIn, storageProblem } from '../unreadable.ts';
import type { Route } from './route.ts';

const HEALTH_SCHEMA = named(
  'Health',
  objectSchema(
    { ok: BOOLEAN, degraded: BOOLEAN },
    { scopes: listSchema(SCOPE_HEALTH_SCHEMA), channels: listSchema(CHANNEL_HEALTH_SCHEMA) },
  ),
);

const FAILURE_SCHEMA = objectSchema(
  { ok: { const: false }, error: objectSchema({ code: TEXT, message: TEXT }) },
  { reason: TEXT },
);

/** Whether the watcher works. Monitors need no token, and get nothing that would need one. */
export const healthRoute: Route = {
  name: 'health',
  path: '/healthz',
  methods: ['GET'],
  access: 'open',
  about: {
    summary: 'Whether the watcher works; with a token, which scopes and channels do, and why not',
    parameters: NO_PARAMETERS,
    responses: {
      200: jsonResponse('All scopes are healthy.', HEALTH_SCHEMA, FRESHNESS_HEADERS),
      400: BAD_REQUEST,
      503: jsonResponse(
        'A scope is not healthy, or the journal could not be read.',
        { anyOf: [HEALTH_SCHEMA, FAILURE_SCHEMA] },
        FRESHNESS_HEADERS,
      ),
    },
  },
  handler: health,
};

async function health(ports: ViewPorts, { query, access }: ViewRequest): Promise<Reply> {
  const parameters = parseNoParameters(query);
  if (isInvalid(parameters)) return badRequest(parameters.problems);
  const audience = { isTrusted: access === 'granted' };
  try {
    const { degraded, scopes, channels, age } = await readHealth(ports, audience);
    // Where nothing is watched yet, nothing is well.
    const ok = scopes.length > 0 && scopes.every(({ healthy }) => healthy);
    const status = ok ? 200 : 503;
    // Without a token with all rights, a caller learns what a monitor must know, and no name.
    if (!audience.isTrusted) return { status, json: { ok, degraded } };
    return {
      status,
      headers: freshnessHeaders(age),
      json: { ok, degraded, scopes, channels },
    };
  } catch (error) {
    const problem = storageProblem(error);
    const reason = audience.isTrusted ? { reason: problem } : {};
    const failure = { code: 'journal-unreadable', message: 'the journal could not be read' };
    return { status: 503, json: { ok: false, error: failure, ...reason }, problem };
  }
}

async function readHealth(ports: ViewPorts, audience: { readonly isTrusted: boolean }) {
  const { scopes, now, healthLimits } = ports;
  const { heads, ends, channels: rows } = await readHealthRows(ports);
  const nowMs = now();
  const lastSeqs = new Map([...ends].map(([scope, { seq }]) => [scope, seq - 1]));
  const registered = registeredChannels(rows, scopes, heads);
  const ages = heads.map((head) => freshness(healthIn(head), nowMs, healthLimits));
  return {
    age: oldest(ages),
    /** Changes are seen, but a channel is sent nothing. */
    degraded: registered.some(({ state }) => channelCondition(state, nowMs) === 'failing'),
    scopes: scopes.map((scope, index) =>
      scopeHealth(scope, healthIn(heads[index]), nowMs, audience, healthLimits),
    ),
    channels: registered.map(({ name, state }) =>
      channelHealth(name, state, lastSeqs, nowMs, audience),
    ),
  };
}
