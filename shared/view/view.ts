import { ChainError } from '../core/journal.ts';
import type { Scope } from '../core/model.ts';
import { cleanText } from '../core/text.ts';
import { JournalError, type JournalReader } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import {
  BEGINNING,
  type ChangeItem,
  changeJson,
  changesOf,
  type FeedPage,
  type FeedPositions,
  type Item,
  itemsJson,
  newsOf,
  positionAfter,
  releaseJson,
} from './core/feed.ts';
import {
  byKey,
  countStatuses,
  filterInstances,
  findInstance,
  type InstanceRow,
  instanceJson,
  isInScope,
  pageOf,
  type ScopeView,
  scopeJson,
} from './core/fleet.ts';
import { channelHealth, freshness, oldest, scopeHealth } from './core/freshness.ts';
import { errorPage, fleetPage, RECENT_ITEMS } from './core/page/page.ts';
import { encodePageToken } from './core/page-token.ts';
import {
  type ChangesStart,
  type HistoryCursor,
  type HistoryQuery,
  historyForToken,
  isInvalid,
  keyForToken,
  matchesQuery,
  parseChangesQuery,
  parseHistoryQuery,
  parseInstancesQuery,
  parseNoParameters,
  parsePageQuery,
  positionsForToken,
} from './core/query.ts';
import { registeredChannels } from './core/registered-channels.ts';
import {
  authorize,
  badRequest,
  errorReply,
  type Query,
  type Reply,
  type Route,
  render,
  routeOf,
  type ViewAnswer,
  type ViewRequest,
} from './core/response.ts';
import { type FeedQuery, MAX_COMMITS_PER_FEED, readEnds, readFeed, seek } from './feed.ts';
import { type Readings, readScope } from './read-scope.ts';

/** What the view is given: a journal to read, and what people may ask about. */
export interface ViewPorts {
  readonly journal: JournalReader;
  readonly scopes: readonly Scope[];
  /** Names of the channels that the watcher may be serving. */
  readonly channels: readonly string[];
  /** What a warm function remembers of the scopes. */
  readonly readings: Readings;
  readonly now: () => number;
}

/** One request to the view. It only reads; what it cannot read it says, and never guesses. */
export async function view(ports: ViewPorts, request: ViewRequest): Promise<ViewAnswer> {
  const route = routeOf(request.path);
  const reply =
    authorize(route, request) ?? (await replyTo(ports, request, route).catch(unreadable));
  return render(reply, route.kind === 'home' && request.wantsHtml ? errorPage : undefined);
}

async function replyTo(ports: ViewPorts, request: ViewRequest, route: Route): Promise<Reply> {
  const { query, wantsHtml } = request;
  switch (route.kind) {
    case 'home':
      return wantsHtml ? page(ports, query) : summary(ports, query);
    case 'instances':
      return instances(ports, query);
    case 'instance':
      return instance(ports, query, route.instanceId);
    case 'changes':
      return changes(ports, query);
    case 'health':
      return health(ports, request);
    case 'unknown':
      return errorReply(404, 'not-found', `there is no such address: try ${Object.values(LINKS)}`);
  }
}

/** @throws what is no failure of the store: nobody has thought of that. */
function unreadable(error: unknown): Reply {
  const problem = storeProblem(error);
  const message = `the journal could not be read: ${problem}`;
  return { ...errorReply(503, 'journal-unreadable', message), problem };
}

function storeProblem(error: unknown): string {
  if (error instanceof JournalError || error instanceof ChainError) return reasonOf(error);
  throw error;
}

const LINKS = {
  instances: '/instances',
  instance: '/instances/{id}',
  changes: '/changes',
  health: '/healthz',
} as const;

/** `/` for a browser. */
async function page(ports: ViewPorts, query: Query): Promise<Reply> {
  const question = parsePageQuery(query, ports.scopes);
  if (isInvalid(question)) return badRequest(question.problems);
  const [views, recent, channels] = await Promise.all([
    readScopes(ports, ports.scopes),
    readNewest(ports, RECENT_ITEMS),
    readChannels(ports),
  ]);
  const lastSeqs = new Map(views.map(({ scope, snapshot }) => [scope.key, snapshot.seq]));
  const heads = ports.scopes.map(({ key }) => ports.readings.get(key)?.head);
  return {
    status: 200,
    page: fleetPage({
      nowMs: ports.now(),
      views,
      question,
      recent,
      channels: registeredChannels(channels, ports.scopes, heads).map(({ name, state }) =>
        channelHealth(name, state, lastSeqs, { isTrusted: true }),
      ),
    }),
  };
}

/** `/` for a program. */
async function summary(ports: ViewPorts, query: Query): Promise<Reply> {
  const question = parseNoParameters(query);
  if (isInvalid(question)) return badRequest(question.problems);
  const views = await readScopes(ports, ports.scopes);
  const all = views.flatMap(({ snapshot }) => [...snapshot.instances.values()]);
  return {
    status: 200,
    json: {
      ...oldest(views.map((each) => each.freshness)),
      total: all.length,
      statuses: Object.fromEntries(countStatuses(all)),
      scopes: views.map((each) => ({
        ...scopeJson(each),
        statuses: Object.fromEntries(countStatuses(each.snapshot.instances.values())),
      })),
      links: LINKS,
    },
  };
}

/** `/instances` */
async function instances(ports: ViewPorts, query: Query): Promise<Reply> {
  const question = parseInstancesQuery(query, ports.scopes);
  if (isInvalid(question)) return badRequest(question.problems);
  const { filter, after, limit } = question;
  const asked = ports.scopes.filter((scope) => isInScope(filter, scope));
  const views = await readScopes(ports, asked);
  const all = filterInstances(views, filter);
  const { rows, next } = pageOf(all, byKey, after, limit);
  return {
    status: 200,
    json: {
      ...oldest(views.map((each) => each.freshness)),
      scopes: views.map(scopeJson),
      total: all.length,
      instances: rows.map(instanceJson),
      ...(next && { nextCursor: encodePageToken('instances', keyForToken(next)) }),
    },
  };
}

/** `/instances/{id}` */
async function instance(ports: ViewPorts, query: Query, instanceId: string): Promise<Reply> {
  const question = parseHistoryQuery(query);
  if (isInvalid(question)) return badRequest(question.problems);
  const views = await readScopes(ports, ports.scopes);
  const present = findInstance(views, instanceId);
  return present === undefined
    ? goneInstance(ports, views, instanceId, question)
    : presentInstance(ports, present.view, present.instance, question);
}

async function presentInstance(
  { journal }: ViewPorts,
  { scope, snapshot, freshness: fresh }: ScopeView,
  present: InstanceRow,
  { from, limit }: HistoryQuery,
): Promise<Reply> {
  // Its last change is where it got its status: nothing newer has to be read.
  const start =
    from?.places.get(scope.key) ??
    (await seek(journal, scope, present.sinceMs + 1, positionAfter(snapshot.seq)));
  const path = historyPath(present.instanceId, limit);
  const history = await readFeed(journal, [scope], new Map([[scope.key, start]]), path);
  return {
    status: 200,
    json: {
      ...fresh,
      instance: instanceJson(present),
      history: history.items.map(changeJson),
      ...(!history.isEnd && { nextCursor: historyCursor(history.positions) }),
    },
  };
}

/** No scope has it now: it was released, or it was never seen, as far as the journal is read. */
async function goneInstance(
  { journal, scopes }: ViewPorts,
  views: readonly ScopeView[],
  instanceId: string,
  { from, limit }: HistoryQuery,
): Promise<Reply> {
  const known = from?.released;
  const asked = known === undefined ? scopes : scopes.filter(({ key }) => key === known.scope);
  const ends = new Map(
    views.map(({ scope, snapshot }) => [scope.key, positionAfter(snapshot.seq)]),
  );
  const start = from?.places ?? ends;
  const path = historyPath(instanceId, limit);
  const searches = await Promise.all(
    asked.map(async (scope) => ({ scope, ...(await readFeed(journal, [scope], start, path)) })),
  );
  const search = searches.find(({ items }) => known !== undefined || items.length > 0);
  if (search === undefined) return unseenInstance(instanceId, searches);

  const seq = known?.seq ?? search.items[0]?.commit.seq ?? 0;
  const [commit] = await journal.after(search.scope, seq - 1, 1);
  const release =
    commit && changesOf(commit).find(({ change }) => change.instanceId === instanceId);
  if (release === undefined) return badRequest(['cursor is not one of this instance']);
  const told = releaseJson(search.scope, release);
  const released = { scope: search.scope.key, seq };
  return {
    ...errorReply(410, 'gone', told.text),
    extra: {
      instance: told.instance,
      history: search.items.map(changeJson),
      ...(!search.isEnd && { nextCursor: historyCursor(search.positions, released) }),
    },
  };
}

function unseenInstance(instanceId: string, searches: readonly FeedPage[]): Reply {
  const id = cleanText(instanceId);
  if (searches.every(({ isEnd }) => isEnd)) {
    return errorReply(404, 'not-found', `${id} was never seen, as far as the journal goes back`);
  }
  const places = new Map(searches.flatMap((search) => [...search.positions]));
  const message =
    `${id} is in no scope now, nor in the last ${MAX_COMMITS_PER_FEED} commits that were read of ` +
    'each; nextCursor goes on looking further back';
  return {
    ...errorReply(404, 'not-found', message),
    extra: { nextCursor: historyCursor(places) },
  };
}

function historyPath(instanceId: string, limit: number): FeedQuery<ChangeItem> {
  return {
    direction: 'older',
    limit,
    itemsOf: changesOf,
    isWanted: ({ change }) => change.instanceId === instanceId,
    // Instance ids are never given twice, so nothing lies before the first sight of one.
    isLast: ({ change }) => change.from === null,
  };
}

function historyCursor(places: FeedPositions, released?: HistoryCursor['released']): string {
  return encodePageToken('history', historyForToken({ places, released }));
}

/** `/changes` */
async function changes(ports: ViewPorts, query: Query): Promise<Reply> {
  const question = parseChangesQuery(query, ports.scopes);
  if (isInvalid(question)) return badRequest(question.problems);
  const { filter, limit, start } = question;
  const isForward = start.kind === 'since' || start.kind === 'since-time';
  const asked = ports.scopes.filter((scope) => isInScope(filter, scope));
  const [scopes, begin] = await Promise.all([readFreshness(ports), placesAt(ports, start)]);
  const {
    items,
    positions: places,
    isEnd,
  } = await readFeed(ports.journal, asked, begin, {
    direction: isForward ? 'newer' : 'older',
    limit,
    itemsOf: newsOf,
    isWanted: (item) => matchesQuery(question, item),
  });
  const reached = changesCursor(new Map([...begin, ...places]));
  return {
    status: 200,
    json: {
      ...oldest(scopes),
      scopes,
      order: isForward ? 'oldest-first' : 'newest-first',
      ...itemsJson(items),
      ...(isForward && { nextCursor: reached, more: !isEnd }),
      ...(start.kind === 'newest' && { nextCursor: changesCursor(begin) }),
      ...(!isForward && !isEnd && { olderCursor: reached }),
    },
  };
}

/** Where in every scope's journal an answer about changes starts. */
async function placesAt(
  { journal, scopes }: ViewPorts,
  start: ChangesStart,
): Promise<FeedPositions> {
  if ('places' in start) return start.places;
  const ends = await readEnds(journal, scopes);
  if (start.kind === 'newest') return ends;
  const { timeMs } = start;
  const places = await Promise.all(
    scopes.map(async (scope) => {
      const end = ends.get(scope.key) ?? BEGINNING;
      return [scope.key, await seek(journal, scope, timeMs, end)] as const;
    }),
  );
  return new Map(places);
}

function changesCursor(places: FeedPositions): string {
  return encodePageToken('changes', positionsForToken(places));
}

/** `/healthz` tells those who may not read everything only whether the watcher is at work. */
async function health(ports: ViewPorts, { query, access }: ViewRequest): Promise<Reply> {
  const question = parseNoParameters(query);
  if (isInvalid(question)) return badRequest(question.problems);
  const { journal, scopes, now } = ports;
  const audience = { isTrusted: access === 'granted' };
  try {
    const [heads, ends, channels] = await Promise.all([
      Promise.all(scopes.map((scope) => journal.head(scope))),
      readEnds(journal, scopes),
      readChannels(ports),
    ]);
    const nowMs = now();
    const lastSeqs = new Map([...ends].map(([scope, { seq }]) => [scope, seq - 1]));
    const told = scopes.map((scope, index) =>
      scopeHealth(scope, heads[index]?.health, nowMs, audience),
    );
    const ok = told.every(({ stale }) => !stale);
    return {
      status: ok ? 200 : 503,
      json: {
        ok,
        scopes: told,
        channels: registeredChannels(channels, scopes, heads).map(({ name, state }) =>
          channelHealth(name, state, lastSeqs, audience),
        ),
      },
    };
  } catch (error) {
    const problem = storeProblem(error);
    const reason = audience.isTrusted ? { reason: problem } : {};
    const failure = { code: 'journal-unreadable', message: 'the journal could not be read' };
    return { status: 503, json: { ok: false, error: failure, ...reason }, problem };
  }
}

/** Scopes as they stand now, in parallel. */
async function readScopes(
  { journal, readings, now }: ViewPorts,
  scopes: readonly Scope[],
): Promise<readonly ScopeView[]> {
  return Promise.all(
    scopes.map(async (scope) => {
      const { head, snapshot } = await readScope(journal, scope, readings);
      return { scope, snapshot, health: head?.health, freshness: freshness(head?.health, now()) };
    }),
  );
}

async function readFreshness({ journal, scopes, now }: ViewPorts) {
  const heads = await Promise.all(scopes.map((scope) => journal.head(scope)));
  const nowMs = now();
  return scopes.map(({ key, regionId }, index) => ({
    scope: key,
    region: regionId,
    ...freshness(heads[index]?.health, nowMs),
  }));
}

async function readNewest({ journal, scopes }: ViewPorts, limit: number): Promise<readonly Item[]> {
  const path: FeedQuery<Item> = {
    direction: 'older',
    limit,
    itemsOf: newsOf,
    isWanted: () => true,
  };
  return (await readFeed(journal, scopes, await readEnds(journal, scopes), path)).items;
}

async function readChannels({ journal, channels }: ViewPorts) {
  return Promise.all(channels.map(async (name) => ({ name, state: await journal.channel(name) })));
}
