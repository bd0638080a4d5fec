import { backlog } from '../../core/channel-state.ts';
import { WATCHER } from '../../core/watcher-journal.ts';
import type { DeliveryLogReader } from '../../ports/deliveries.ts';
import { readBacklogAges } from '../backlog-age.ts';
import { isAcceptable } from '../core/accept.ts';
import { FRESHNESS_HEADERS, freshnessHeaders, oldest } from '../core/freshness.ts';
import { type MetricsFacts, metricsText } from '../core/metrics.ts';
import { type ChannelRows, MAX_CHANNELS } from '../core/metrics-channel.ts';
import { METRICS_MEDIA_TYPE } from '../core/metrics-text.ts';
import { BAD_REQUEST, problemResponse, UNREADABLE } from '../core/openapi/responses.ts';
import { isInvalid, NO_PARAMETERS, parseNoParameters } from '../core/parameters.ts';
import { type RegisteredChannel, registeredChannels } from '../core/registered-channels.ts';
import { badRequest, errorReply, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { TEXT } from '../core/schema.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import type { Route } from './route.ts';

/** What a Prometheus server scrapes: fleet, scans and channels as numbers. */
export const metricsRoute: Route = {
  name: 'metrics',
  path: '/metrics',
  methods: ['GET'],
  access: 'monitoring',
  about: {
    summary: 'Fleet, scans and channels in the text format of Prometheus',
    parameters: NO_PARAMETERS,
    responses: {
      200: {
        description: 'The metrics.',
        headers: FRESHNESS_HEADERS,
        content: { [METRICS_MEDIA_TYPE]: TEXT },
      },
      400: BAD_REQUEST,
      406: problemResponse('The client does not accept the only format.'),
      503: UNREADABLE,
    },
  },
  handler: metrics,
};

/** Scrapers prefer other formats and take this one too. To one that does not, it would be wrong. */
const NOT_ACCEPTABLE = errorReply(
  406,
  'not-acceptable',
  `this address answers ${METRICS_MEDIA_TYPE} only, which the header Accept does not allow`,
);

async function metrics(ports: ViewPorts, { query, headers }: ViewRequest): Promise<Reply> {
  const parameters = parseNoParameters(query);
  if (isInvalid(parameters)) return badRequest(parameters.problems);
  if (!isAcceptable(headers.get('accept') ?? '', METRICS_MEDIA_TYPE)) return NOT_ACCEPTABLE;
  const facts = await readFacts(ports);
  return {
    status: 200,
    content: metricsText(facts),
    mediaType: METRICS_MEDIA_TYPE,
    headers: freshnessHeaders(oldest(facts.views.map(({ freshness }) => freshness))),
  };
}

async function readFacts(ports: ViewPorts): Promise<MetricsFacts> {
  const { journal, scopes, readings, now } = ports;
  const [views, rows, watcherSeq] = await Promise.all([
    readFleet(ports, scopes),
    journal.channels(),
    journal.lastSeq(WATCHER),
  ]);
  const lastSeqs = new Map(views.map(({ scope, snapshot }) => [scope.key, snapshot.seq]));
  const heads = scopes.map(({ key }) => readings.get(key)?.head);
  const registered = registeredChannels(rows, scopes, heads);
  const [ages, verdicts] = await Promise.all([
    readBacklogAges(
      ports,
      registered.map(({ state }) => state),
      lastSeqs,
    ),
    readLastVerdicts(journal, registered.slice(0, MAX_CHANNELS)),
  ]);
  const channels = registered.map(({ name, state }, index) => ({
    name,
    state,
    backlog: backlog(state, lastSeqs),
    waitingSinceMs: ages.waitingSinceMs[index] ?? null,
    lastVerdict: verdicts.get(name) ?? null,
  }));
  return { nowMs: now(), views, channels, watcherSeq, isBacklogCut: ages.isCut };
}

type Verdict = NonNullable<ChannelRows['lastVerdict']>;

async function readLastVerdicts(
  journal: DeliveryLogReader,
  channels: readonly RegisteredChannel[],
): Promise<ReadonlyMap<string, Verdict>> {
  const read = await Promise.all(
    channels.map(async ({ name }) => {
      const [last] = await journal.deliveries(name, 1);
      return last !== undefined && 'value' in last ? [[name, last.value.verdict] as const] : [];
    }),
  );
  return new Map(read.flat());
}
