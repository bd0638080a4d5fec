import type { Commit } from '../../core/model.ts';
import { isoTime } from '../../core/time.ts';
import { WATCHER } from '../../core/watcher-journal.ts';
import { BEGINNING, type FeedPositions, newsAndDetailsOf, newsOf } from '../core/feed.ts';
import { cursorProblem, FEED_CURSOR_KINDS, type FeedCursor } from '../core/feed-cursor.ts';
import {
  EVENTS_SCHEMA,
  FEED_MEDIA_TYPES,
  type FeedFormat,
  feedEvents,
  feedLines,
} from '../core/feed-formats.ts';
import { CHANGE_SCHEMA, DETAILS_SCHEMA, itemsJson, NOTICE_SCHEMA } from '../core/feed-json.ts';
import { scopesIn } from '../core/filter.ts';
import {
  AGE_FIELDS,
  FRESHNESS_HEADERS,
  freshness,
  freshnessHeaders,
  oldest,
  RESTS_FIELD,
} from '../core/freshness.ts';
import {
  BAD_REQUEST,
  ETAG_HEADER,
  NOT_MODIFIED,
  problemResponse,
  UNREADABLE,
} from '../core/openapi/responses.ts';
import { changesToken } from '../core/page-token.ts';
import { isInvalid } from '../core/parameters.ts';
import {
  CHANGES_PARAMETERS,
  type ChangesQuery,
  type ChangesStart,
  itemMatcher,
  parseChangesQuery,
  unknownStatusesOf,
} from '../core/queries/changes.ts';
import { statusesOf } from '../core/queries/filters.ts';
import { badRequest, errorReply, type Reply } from '../core/reply.ts';
import type { ViewRequest } from '../core/request.ts';
import { isConfined } from '../core/rights.ts';
import { BOOLEAN, listSchema, objectSchema, TEXT, TIME } from '../core/schema.ts';
import { readEnds, readFeed, seek } from '../feed.ts';
import { type LostCommits, lostCommits } from '../lost-commits.ts';
import type { ViewPorts } from '../ports.ts';
import { readFleet } from '../read-fleet.ts';
import { shortened, withWholeCursors } from '../short-cursor.ts';
import { stalenessOf, weakTag } from '../validator.ts';
import type { Route } from './route.ts';

const ANSWER_SCHEMA = objectSchema(
  {
    ...AGE_FIELDS,
    scopes: listSchema(objectSchema({ scope: TEXT, region: TEXT, ...AGE_FIELDS }, RESTS_FIELD)),
    order: { enum: ['oldest-first', 'newest-first'] },
    changes: listSchema(CHANGE_SCHEMA),
    notices: listSchema(NOTICE_SCHEMA),
  },
  { details: listSchema(DETAILS_SCHEMA), nextCursor: TEXT, olderCursor: TEXT, more: BOOLEAN },
);

const HEADERS = {
  ...FRESHNESS_HEADERS,
  ...ETAG_HEADER,
  'x-next-cursor': { description: 'For since: what comes after.', schema: TEXT },
  'x-older-cursor': { description: 'For before: what came earlier.', schema: TEXT },
  'x-more': { description: 'Whether more is there already.', schema: BOOLEAN },
};

/** Changes and notices by time: the newest first, or everything since a cursor or a time. */
export const changesRoute: Route = {
  name: 'changes',
  path: '/changes',
  methods: ['GET'],
  access: 'token',
  // A client may keep an answer, and asks each time whether it still holds.
  cacheControl: 'private, no-cache',
  about: {
    summary:
      'Changes and notices: the newest first, or with since everything from there on, exactly once',
    parameters: CHANGES_PARAMETERS,
    responses: {
      200: {
        description: 'A page. The headers with cursors stand for the fields of the same names.',
        headers: HEADERS,
        content: {
          [FEED_MEDIA_TYPES.json]: ANSWER_SCHEMA,
          [FEED_MEDIA_TYPES.ndjson]: TEXT,
          [FEED_MEDIA_TYPES.cloudevents]: EVENTS_SCHEMA,
        },
      },
      304: { ...NOT_MODIFIED, headers: HEADERS },
      400: BAD_REQUEST,
      410: problemResponse(
        'What came after the cursor or time is no longer kept. The answer says from when on all is.',
        { since: TIME },
      ),
      503: UNREADABLE,
    },
  },
  handler: changes,
};

async function changes(ports: ViewPorts, given: ViewRequest): Promise<Reply> {
  const isOfAll = seesWatcher(given);
  if (!isOfAll && namesWatcher(given)) return NOT_OF_AN_ACCOUNT;
  const journals = isOfAll ? [...ports.scopes, WATCHER] : ports.scopes;
  const request = await withWholeCursors(ports, given, CURSORS, (rest) => {
    const query = parseChangesQuery(rest, journals);
    return isInvalid(query) ? [] : scopesIn(query.filter, journals);
  });
  if (isInvalid(request)) return badRequest(request.problems);
  const query = parseChangesQuery(request, journals);
  if (isInvalid(query)) return badRequest(query.problems);
  const unknown = await unknownStatuses(ports, query);
  if (unknown.length > 0) return badRequest(unknown);
  const { filter, withDetails, format, limit, start } = query;
  const isForward = start.kind === 'since' || start.kind === 'since-time';
  const wanted = scopesIn(filter, journals);
  // First the heads: an answer that says until when the fleet was seen holds all that was seen by then.
  const heads = await readHeads(ports);
  const begin = await startPositions({ ...ports, scopes: wanted }, start);
  const scopes = freshnessOf(ports, heads);
  const itemsOf = withDetails ? newsAndDetailsOf : newsOf;
  const firsts = new Map<string, Commit>();
  const { items, positions, isEnd } = await readFeed(ports.journal, wanted, begin, {
    direction: isForward ? 'newer' : 'older',
    limit,
    itemsOf(commit) {
      if (!firsts.has(commit.scope)) firsts.set(commit.scope, commit);
      return itemsOf(commit);
    },
    isWanted: itemMatcher(query),
  });
  if (isForward) {
    const lost = await lostCommits(ports, { scopes: wanted, start, begin, firsts, heads });
    if (lost !== null) return notKept(lost);
  }
  const reachedMs = items.at(-1)?.commit.atMs ?? 0;
  const shorten = (token: string) => shortened(ports, wanted, CURSORS.kind, token, reachedMs);
  const encode = (places: FeedPositions) =>
    shorten(changesToken.encode({ ...unmatchedIn(start), positions: places }));
  const cursor = await encode(start.kind === 'newest' ? begin : positions);
  const olderCursor = isForward || isEnd ? '' : await encode(positions);
  for (const token of [cursor, olderCursor]) {
    const problem = cursorProblem(token, wanted.length);
    if (problem !== undefined) return badRequest([problem]);
  }
  const age = oldest(scopes);
  const nextCursor = isForward || start.kind === 'newest' ? cursor : '';
  const headers = {
    ...freshnessHeaders(age),
    vary: 'accept',
    ...(nextCursor !== '' && { 'x-next-cursor': nextCursor }),
    ...(olderCursor !== '' && { 'x-older-cursor': olderCursor }),
    ...(isForward && { 'x-more': String(!isEnd) }),
  };
  const reached = [cursor, olderCursor, isEnd, items.at(0)?.commit.seq, items.length];
  const etag = etagOf(request, format, scopes, reached);
  if (format !== 'json') {
    const content = format === 'ndjson' ? feedLines(items) : feedEvents(items);
    return { status: 200, content, mediaType: FEED_MEDIA_TYPES[format], headers, etag };
  }
  const listed = itemsJson(items);
  return {
    status: 200,
    headers,
    etag,
    json: {
      ...age,
      scopes,
      order: isForward ? 'oldest-first' : 'newest-first',
      changes: listed.changes,
      notices: listed.notices,
      ...(withDetails && { details: listed.details }),
      ...(nextCursor !== '' && { nextCursor }),
      ...(isForward && { more: !isEnd }),
      ...(olderCursor !== '' && { olderCursor }),
    },
  };
}

/**
 * The same as long as nothing has happened: a journal between two places never changes. The time that
 * has passed since the last scan stands in the headers, and is new in every answer.
 */
function etagOf(
  { query }: ViewRequest,
  format: FeedFormat,
  scopes: ReturnType<typeof freshnessOf>,
  reached: readonly unknown[],
): string {
  const states = scopes.map((scope) => [scope.scope, ...stalenessOf(scope)]);
  return weakTag([FORM_VERSION, [...query].sort(), format, reached, states]);
}

/** Raised with the form of the answer: a client must not keep that of an older version. */
const FORM_VERSION = 1;

const CURSORS = { kind: FEED_CURSOR_KINDS.changes, names: ['since', 'before'] };

/** To a token that is confined to accounts or regions, the watcher's own journal does not exist. */
function seesWatcher({ access }: ViewRequest): boolean {
  return typeof access === 'string' || !isConfined(access);
}

function namesWatcher({ query }: ViewRequest): boolean {
  const asked = query.get('scope')?.split(',') ?? [];
  return asked.some((scope) => scope.trim() === WATCHER.key);
}

const NOT_OF_AN_ACCOUNT = errorReply(
  403,
  'forbidden',
  'scope=watcher is about the watcher itself, which belongs to no account or region: it needs a token with all rights',
);

/**
 * An empty answer about a misspelt status would read as "none, so far". ECS may have statuses that
 * this version does not know: those that instances have now are read only where one is asked for.
 */
async function unknownStatuses(ports: ViewPorts, query: ChangesQuery): Promise<readonly string[]> {
  if (unknownStatusesOf(query, []).length === 0) return [];
  return unknownStatusesOf(query, statusesOf(await readFleet(ports, ports.scopes)));
}

function unmatchedIn(start: ChangesStart): Pick<FeedCursor, 'unmatched'> {
  return 'unmatched' in start ? { unmatched: start.unmatched } : {};
}

/** The position in the journal of each wanted scope that an answer starts from. */
async function startPositions(
  { journal, scopes }: ViewPorts,
  start: ChangesStart,
): Promise<FeedPositions> {
  if ('positions' in start) return start.positions;
  const ends = await readEnds(journal, scopes);
  if (start.kind === 'newest') return ends;
  const { timeMs } = start;
  const positions = await Promise.all(
    scopes.map(async (scope) => {
      const end = ends.get(scope.key) ?? BEGINNING;
      return [scope.key, await seek(journal, scope, timeMs, end)] as const;
    }),
  );
  return new Map(positions);
}

async function readHeads({ journal, scopes }: ViewPorts) {
  const heads = await Promise.all(
    scopes.map(async (scope) => [scope.key, await journal.head(scope)] as const),
  );
  return new Map(heads);
}

function freshnessOf(
  { scopes, now, healthLimits }: ViewPorts,
  heads: Awaited<ReturnType<typeof readHeads>>,
) {
  const nowMs = now();
  return scopes.map(({ key, regionId }) => ({
    scope: key,
    region: regionId,
    ...freshness(heads.get(key)?.health, nowMs, healthLimits),
  }));
}

/** A client that is given the rest as if nothing were missing would never learn of it. */
function notKept({ scopes, keptSinceMs }: LostCommits): Reply {
  const [since, shown] = [isoTime(keptSinceMs), scopes.slice(0, MAX_SHOWN_SCOPES)];
  const others = scopes.length > shown.length ? ` and ${scopes.length - shown.length} more` : '';
  const message =
    `what came then is no longer kept (${shown.join(', ')}${others}): ` +
    `the journal goes back to ${since}; go on with since=${since}`;
  return { ...errorReply(410, 'no-longer-kept', message), extra: { since } };
}

/** A sentence stays one that people read. */
const MAX_SHOWN_SCOPES = 5;
