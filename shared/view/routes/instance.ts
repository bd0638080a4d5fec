import type { Instance } from '../../core/model.ts';
import { cleanText } from '../../core/text.ts';
import {
  type ChangeItem,
  changesOf,
  type FeedPage,
  isFirstSight,
  positionAfter,
} from '../core/feed.ts';
import {
  CHANGE_SCHEMA,
  changeJson,
  RELEASED_INSTANCE_SCHEMA,
  releaseJson,
} from '../core/feed-json.ts';
import { findInstance, type ScopeView } from '../core/fleet.ts';
import { INSTANCE_SCHEMA, instanceJson } from '../core/fleet-json.ts';
import {
  AGE_FIELDS,
  FRESHNESS_HEADERS,
  type Freshness,
  freshnessHeaders,
  oldest,
  RESTS_FIELD,
} from '../core/freshness.ts';
import type { InstanceRow } from '../core/instance-row.ts';
import type { PathParameters } from '../core/match-route.ts';
import {
  BAD_REQUEST,
  jsonResponse,
  problemResponse,
  UNREADABLE,
} from '../core/openapi/responses.ts';
import { historyToken } from '../core/page-token.ts';
import { isInvalid } from '../core/parameters.ts';
import {
  HISTORY_PARAMETERS,
  type HistoryQuery,
  parseHistoryQuery,
} from '../core/queries/history.ts';
import { badRequest, errorReply, type Reply } from '../core/reply.ts';
import { type ViewRequest, wantsHtml } from '../core/request.ts';
import { ALWAYS_TRUE, listSchema, objectSchema, TEXT } from '../core/schema.ts';
import { firstState, TIMELINE_STATE_SCHEMA, timelineOf } from '../core/timeline.ts';
import { commitsOfEach, type FeedQuery, readFeed, seek } from '../feed.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import type { Route } from './route.ts';

const NEXT_CURSOR_FIELD = { nextCursor: TEXT };
/** Only where a local cloud is watched. */
const CONSOLE_FIELD = { withoutConsole: ALWAYS_TRUE };
const HISTORY_FIELD = { history: listSchema(CHANGE_SCHEMA) };
/** With the first page only. */
const TIMELINE_FIELD = { timeline: listSchema(TIMELINE_STATE_SCHEMA) };

const ANSWER_SCHEMA = objectSchema(
  { ...AGE_FIELDS, instance: INSTANCE_SCHEMA, ...HISTORY_FIELD },
  { ...RESTS_FIELD, ...CONSOLE_FIELD, ...TIMELINE_FIELD, ...NEXT_CURSOR_FIELD },
);

/** One instance with its history: 410 once it is released, 404 when it was never seen. */
export const instanceRoute: Route = {
  name: 'instance',
  path: '/instances/{id}',
  methods: ['GET'],
  access: 'token',
  about: {
    summary: 'One instance, with its timeline and its history',
    parameters: HISTORY_PARAMETERS,
    pathParameters: { id: 'The id of the instance.' },
    responses: {
      200: jsonResponse('The instance.', ANSWER_SCHEMA, FRESHNESS_HEADERS),
      400: BAD_REQUEST,
      404: {
        ...problemResponse('It was never seen, as far as the journal was read.', {
          ...AGE_FIELDS,
          ...NEXT_CURSOR_FIELD,
        }),
        headers: FRESHNESS_HEADERS,
      },
      410: {
        ...problemResponse('It was released: its last state, with its history.', {
          ...AGE_FIELDS,
          instance: RELEASED_INSTANCE_SCHEMA,
          ...TIMELINE_FIELD,
          ...HISTORY_FIELD,
          ...NEXT_CURSOR_FIELD,
        }),
        headers: FRESHNESS_HEADERS,
      },
      503: UNREADABLE,
    },
  },
  handler: instance,
};

async function instance(
  ports: ViewPorts,
  request: ViewRequest,
  { id = '' }: PathParameters,
): Promise<Reply> {
  // Messages link to this address, and people want to see the page.
  if (ports.page !== undefined && wantsHtml(request)) return onPage(id);
  const query = parseHistoryQuery(request.query, ports.scopes);
  if (isInvalid(query)) return badRequest(query.problems);
  const views = await readFleet(ports, ports.scopes);
  const present = findInstance(views, id);
  return present === undefined
    ? absentInstance(ports, views, id, query)
    : presentInstance(ports, present.view, present.instance, query);
}

function onPage(id: string): Reply {
  const location = `../?instance=${encodeURIComponent(id.toWellFormed())}`;
  return { status: 303, empty: true, headers: { location, vary: 'accept' } };
}

async function presentInstance(
  { journal, now, withoutConsole }: ViewPorts,
  { scope, snapshot, freshness }: ScopeView,
  row: InstanceRow,
  { start, limit }: HistoryQuery,
): Promise<Reply> {
  // The last change gave the instance its status: nothing newer has to be read.
  const position =
    start?.positions.get(scope.key) ??
    (await seek(journal, scope, row.sinceMs + 1, positionAfter(snapshot.seq)));
  const history = await readFeed(
    journal,
    [scope],
    new Map([[scope.key, position]]),
    historyFeed(row.instanceId, limit),
  );
  return {
    status: 200,
    headers: freshnessHeaders(freshness),
    json: {
      ...freshness,
      instance: instanceJson(row),
      ...(withoutConsole && { withoutConsole }),
      ...timelineJson(history, start, now(), row.instance),
      history: history.items.map(changeJson),
      ...(!history.isEnd && {
        nextCursor: historyToken.encode({ positions: history.positions, released: undefined }),
      }),
    },
  };
}

/** No scope has the instance now: it was released, or the journal has never seen it. */
async function absentInstance(
  { journal, scopes, now }: ViewPorts,
  views: readonly ScopeView[],
  instanceId: string,
  { start, limit }: HistoryQuery,
): Promise<Reply> {
  const known = start?.released;
  const searched = known === undefined ? scopes : scopes.filter(({ key }) => key === known.scope);
  const ends = new Map(
    views.map(({ scope, snapshot }) => [scope.key, positionAfter(snapshot.seq)]),
  );
  const positions = start?.positions ?? ends;
  const feed = historyFeed(instanceId, limit);
  const most = commitsOfEach(searched.length);
  const searches = await Promise.all(
    searched.map(async (scope) => ({
      scope,
      ...(await readFeed(journal, [scope], positions, feed, most)),
    })),
  );
  const search = searches.find(({ items }) => known !== undefined || items.length > 0);
  const age = oldest(views.map((view) => view.freshness));
  if (search === undefined) return unseenInstance(instanceId, searches, { most, age });

  const seq = known?.seq ?? search.items[0]?.commit.seq ?? 0;
  const [commit] = await journal.after(search.scope, seq - 1, 1);
  const release =
    commit && changesOf(commit).find(({ change }) => change.instanceId === instanceId);
  if (release === undefined) return badRequest(['cursor is not one of this instance']);
  const { text, instance: released } = releaseJson(search.scope, release);
  const further = { positions: search.positions, released: { scope: search.scope.key, seq } };
  return {
    ...errorReply(410, 'gone', text),
    headers: freshnessHeaders(age),
    extra: {
      ...age,
      instance: released,
      ...timelineJson(search, start, now()),
      history: search.items.map(changeJson),
      ...(!search.isEnd && { nextCursor: historyToken.encode(further) }),
    },
  };
}

/** With the first page only: a later one does not say when its first status ended. */
function timelineJson(
  { items, isEnd }: Pick<FeedPage<ChangeItem>, 'items' | 'isEnd'>,
  start: HistoryQuery['start'],
  nowMs: number,
  present?: Instance,
): object {
  if (start !== undefined) return {};
  const first = isEnd ? firstState(items, nowMs, present) : [];
  return { timeline: [...timelineOf(items, nowMs), ...first] };
}

function unseenInstance(
  instanceId: string,
  searches: readonly FeedPage[],
  { most, age }: { readonly most: number; readonly age: Freshness },
): Reply {
  const id = cleanText(instanceId);
  const headers = freshnessHeaders(age);
  if (searches.every(({ isEnd }) => isEnd)) {
    const message = `${id} was never seen, as far as the journal goes back`;
    return { ...errorReply(404, 'not-found', message), headers, extra: age };
  }
  const positions = new Map(searches.flatMap((search) => [...search.positions]));
  const message =
    `${id} is in no scope now, nor in the last ${most} commits that were read of ` +
    'each; nextCursor continues the search further back';
  return {
    ...errorReply(404, 'not-found', message),
    headers,
    extra: { ...age, nextCursor: historyToken.encode({ positions, released: undefined }) },
  };
}

function historyFeed(instanceId: string, limit: number): FeedQuery<ChangeItem> {
  return {
    direction: 'older',
    limit,
    itemsOf: changesOf,
    isWanted: ({ change }) => change.instanceId === instanceId,
    isLast: isFirstSight,
  };
}
