import { type Scope, STATUSES } from '../../core/model.ts';
import { cleanText } from '../../core/text.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from '../../core/time.ts';
import { WATCHER } from '../../core/watcher-journal.ts';
import type { DeliveryPosition } from './deliveries.ts';
import type { FeedPositions, Item } from './feed.ts';
import { acceptedFeedFormat, FEED_FORMATS, type FeedFormat } from './feed-formats.ts';
import {
  allows,
  allowsAmong,
  type Filter,
  type InstanceFilter,
  isInScope,
  matchesInstance,
  type ScopeFilter,
  type Wanted,
} from './filter.ts';
import { type InstanceKey, SORT_CHOICES } from './fleet.ts';
import { acceptedFormat, FORMATS, type Format, INSTANCE_FIELDS } from './listing.ts';
import type { Moment } from './moment.ts';
import {
  changesToken,
  type DiffPosition,
  deliveriesToken,
  diffToken,
  type HistoryPosition,
  historyToken,
  homeToken,
  instancesToken,
} from './page-token.ts';
import { type ParameterReader, type Problems, parameterReader } from './parameters.ts';
import type { QueryParameters, ViewRequest } from './request.ts';

/** Queries as addresses carry them. A query that is not understood is never half answered. */

export interface InstancesQuery {
  readonly filter: Filter;
  readonly fields: ReadonlySet<string>;
  readonly format: Format;
  readonly sort: string;
  readonly limit: number;
  readonly moment: Moment;
  /** How many instances of the list came before this page, or the last one of them. */
  readonly after: number | InstanceKey;
  /** The time by which durations are judged. */
  readonly nowMs: number;
  /** What makes the list, as one text: a cursor belongs to it. */
  readonly identity: string;
}

export function parseInstancesQuery(
  { query: parameters, headers }: Pick<ViewRequest, 'query' | 'headers'>,
  scopes: readonly Scope[],
  nowMs: number,
): InstancesQuery | Problems {
  const read = parameterReader(parameters);
  const filter = readFilter(read, scopes);
  const keys = keysOf(scopes.filter((scope) => isInScope(filter, scope)));
  const identity = identityOf(parameters);
  const decode = (token: string) => notAhead(instancesToken.decode(token, keys, identity), nowMs);
  const cursor = read.token('cursor', decode);
  const [place, last] =
    cursor === undefined || 'last' in cursor ? [undefined, cursor?.last] : [cursor, undefined];
  const moment = readMoment(read, nowMs);
  const sort = read.choice('sort', SORT_CHOICES);
  // A cursor of version 0.1 is a place in the one order that there was.
  if (last !== undefined && sort !== '') read.refuse('sort cannot be combined with this cursor');
  const format = read.choice('format', FORMATS) || acceptedFormat(headers.get('accept') ?? '');
  return read.finish({
    filter,
    fields: read.known('fields', INSTANCE_FIELDS),
    format,
    sort,
    // Lines and tables are for whole fleets: no page of them holds a cursor that could be overlooked.
    limit: read.limit(format === 'json' ? undefined : Number.POSITIVE_INFINITY),
    moment: place === undefined ? moment : { kind: 'seqs', seqs: place.seqs, timeMs: place.nowMs },
    after: last ?? place?.offset ?? 0,
    nowMs: place?.nowMs ?? (moment.kind === 'time' ? moment.timeMs : nowMs),
    identity,
  });
}

/**
 * Statuses that ECS does not have and no instance has: an empty answer about a misspelt one would
 * read as "none".
 */
export function unknownStatuses(
  { statuses: { any, none } }: Pick<Filter, 'statuses'>,
  present: ReadonlySet<string>,
): readonly string[] {
  const known = new Map([...STATUSES, ...present].map((status) => [status.toLowerCase(), status]));
  const unknown = [...any.exact, ...none.exact].filter((status) => !known.has(status));
  if (unknown.length === 0) return [];
  return [
    `status is not known: ${cleanText(unknown.join(', '))} (known: ${[...known.values()].map((status) => cleanText(status)).join(', ')})`,
  ];
}

/** No address has given out a cursor of the future. */
function notAhead<T extends object>(place: T | undefined, nowMs: number): T | undefined {
  const isAhead =
    place !== undefined &&
    'nowMs' in place &&
    Number(place.nowMs) > nowMs + MAX_CLOCK_DIFFERENCE_MS;
  return isAhead ? undefined : place;
}

/** They choose how a list is given, and not what is in it. */
const MANNERS: ReadonlySet<string> = new Set(['cursor', 'fields', 'format', 'limit']);

function identityOf(parameters: QueryParameters): string {
  const making = [...parameters].filter(([name, value]) => !MANNERS.has(name) && value !== '');
  return JSON.stringify(making.sort());
}

function readMoment(read: ParameterReader, nowMs: number): Moment {
  const timeMs = readPast(read, 'at', nowMs);
  return timeMs === undefined ? { kind: 'now' } : { kind: 'time', timeMs };
}

/** A time that is not in the future; undefined where it is not given. */
function readPast(read: ParameterReader, name: string, nowMs: number): number | undefined {
  const text = read.text(name);
  if (text === '') return undefined;
  const timeMs = timeIn(text);
  if (timeMs === undefined) read.refuse(`${name} is not a time (${TIME_FORMS})`);
  else if (timeMs > nowMs) read.refuse(`${name} is in the future`);
  return timeMs ?? nowMs;
}

/** A stretch of the past. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `to` is now, if it is not given. */
function readPeriod(read: ParameterReader, nowMs: number): Period {
  const toMs = readPast(read, 'to', nowMs) ?? nowMs;
  const fromMs = readPast(read, 'from', nowMs);
  if (fromMs === undefined) read.refuse(`from is missing (${TIME_FORMS})`);
  else if (fromMs > toMs) read.refuse('from is later than to');
  return { fromMs: fromMs ?? toMs, toMs };
}

export interface DiffQuery {
  readonly filter: ScopeFilter & InstanceFilter;
  readonly period: Period;
  readonly limit: number;
  /** Of a later page. Its moments are those of the first one. */
  readonly place: DiffPosition | undefined;
  readonly identity: string;
}

export function parseDiffQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
  nowMs: number,
): DiffQuery | Problems {
  const read = parameterReader(parameters);
  const identity = identityOf(parameters);
  const filter = { ...readScopeFilter(read, scopes), ...readInstanceFilter(read) };
  const keys = keysOf(scopes.filter((scope) => isInScope(filter, scope)));
  const place = read.token('cursor', (token) =>
    notAhead(diffToken.decode(token, keys, identity), nowMs),
  );
  const period = readPeriod(read, place?.nowMs ?? nowMs);
  return read.finish({ filter, period, limit: read.limit(), place, identity });
}

export interface CountsQuery {
  readonly filter: ScopeFilter;
  readonly period: Period;
  readonly stepMs: number;
}

/** The most points of one answer: as many as a plot has room for. */
const MAX_POINTS = 1_000;
const DEFAULT_STEP_MS = 5 * 60 * 1000;

export function parseCountsQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
  nowMs: number,
): CountsQuery | Problems {
  const read = parameterReader(parameters);
  const period = readPeriod(read, nowMs);
  const stepMs = read.duration('step') ?? DEFAULT_STEP_MS;
  if (stepMs === 0) read.refuse('step is zero');
  else if ((period.toMs - period.fromMs) / stepMs >= MAX_POINTS)
    read.refuse(`step is too small: more than ${MAX_POINTS} points between from and to`);
  return read.finish({ filter: readScopeFilter(read, scopes), period, stepMs });
}

/** The page takes the same filter, and whether it refreshes itself. */
export interface PageQuery {
  readonly filter: Filter;
  readonly after: InstanceKey | undefined;
  readonly refreshes: boolean;
  /** The filter's parameters as they were given, for the links and the form of the page. */
  readonly given: QueryParameters;
}

export function parsePageQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): PageQuery | Problems {
  const read = parameterReader(parameters);
  return read.finish({
    filter: readFilter(read, scopes),
    after: read.token('cursor', homeToken.decode),
    refreshes: read.choice('refresh', ['on', 'off']) !== 'off',
    given: new Map([...parameters].filter(([name, value]) => name !== 'cursor' && value !== '')),
  });
}

export interface HistoryQuery {
  readonly limit: number;
  /** Undefined: from the newest change on. */
  readonly start: HistoryPosition | undefined;
}

export function parseHistoryQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): HistoryQuery | Problems {
  const read = parameterReader(parameters);
  return read.finish({
    limit: read.limit(),
    start: read.token('cursor', (token) => historyToken.decode(token, keysOf(scopes))),
  });
}

export interface ChangesQuery {
  readonly filter: ScopeFilter & InstanceFilter;
  /** The statuses that changes begin with or lead to, in lower case. */
  readonly statuses: Wanted;
  /** The statuses that changes begin with, in lower case; `none` for an appearance. */
  readonly from: Wanted;
  /** The statuses that changes lead to, in lower case; `released` is one of them here. */
  readonly to: Wanted;
  readonly format: FeedFormat;
  readonly limit: number;
  readonly start: ChangesStart;
}

export type ChangesStart =
  | { readonly kind: 'newest' }
  | { readonly kind: 'since' | 'before'; readonly positions: FeedPositions }
  | { readonly kind: 'since-time'; readonly timeMs: number };

export function parseChangesQuery(
  { query: parameters, headers }: Pick<ViewRequest, 'query' | 'headers'>,
  scopes: readonly Scope[],
): ChangesQuery | Problems {
  const read = parameterReader(parameters);
  const filter = { ...readScopeFilter(read, scopes), ...readInstanceFilter(read) };
  return read.finish({
    filter,
    statuses: read.wanted('status', lowerCase),
    from: read.wanted('from', lowerCase),
    to: read.wanted('to', lowerCase),
    format: read.choice('format', FEED_FORMATS) || acceptedFeedFormat(headers.get('accept') ?? ''),
    limit: read.limit(),
    start: readStart(read, keysOf(scopes.filter((scope) => isInScope(filter, scope)))),
  });
}

/** The name, in filters, of a change to no status, and of one from none. */
const RELEASED = 'released';
const APPEARED = 'none';

/** Every reader needs the notices: a filter for instances must not hide that scans fail. */
export function matchesQuery({ filter, statuses, from, to }: ChangesQuery, item: Item): boolean {
  if (item.kind === 'notice') return true;
  const { change } = item;
  const before = change.from?.toLowerCase() ?? APPEARED;
  const after = change.to?.toLowerCase() ?? RELEASED;
  return (
    matchesInstance(filter, change.instanceId, change) &&
    allowsAmong(statuses, [before, after]) &&
    allows(from, before) &&
    allows(to, after)
  );
}

export interface DeliveriesQuery {
  /** Empty: all. */
  readonly channels: ReadonlySet<string>;
  readonly limit: number;
  readonly after: DeliveryPosition | undefined;
}

/** `channels`: those that have a row. */
export function parseDeliveriesQuery(
  parameters: QueryParameters,
  channels: readonly string[],
): DeliveriesQuery | Problems {
  const read = parameterReader(parameters);
  return read.finish({
    channels: read.known('channel', channels),
    limit: read.limit(),
    after: read.token('cursor', deliveriesToken.decode),
  });
}

/** For addresses that take no parameters. */
export function parseNoParameters(parameters: QueryParameters): object | Problems {
  return parameterReader(parameters).finish({});
}

function readScopeFilter(read: ParameterReader, scopes: readonly Scope[]): ScopeFilter {
  return {
    // An empty answer about a region that is not watched would read as "all is quiet there".
    scopes: read.watched('scope', keysOf(scopes)),
    accounts: read.watched(
      'account',
      scopes.filter(({ key }) => key !== WATCHER.key).map(({ account }) => account),
    ),
    regions: read.watched(
      'region',
      scopes.map(({ regionId }) => regionId).filter((regionId) => regionId !== ''),
    ),
  };
}

function readInstanceFilter(read: ParameterReader): InstanceFilter {
  return {
    ids: read.wanted('id'),
    names: read.wanted('name', lowerCase),
    zones: read.wanted('zone'),
    types: read.wanted('type'),
    resourceGroups: read.wanted('resourceGroup'),
    tags: read.wantedTags('tag'),
    text: lowerCase(read.text('text')),
  };
}

/** The filter of all addresses that show the instances that there are. */
export function readFilter(read: ParameterReader, scopes: readonly Scope[]): Filter {
  return {
    ...readScopeFilter(read, scopes),
    statuses: read.wanted('status', lowerCase),
    stoppedForMs: read.duration('stoppedFor'),
    ...readInstanceFilter(read),
  };
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

function keysOf(scopes: readonly Scope[]): readonly string[] {
  return scopes.map(({ key }) => key);
}

/** `scopes`: the keys that the query covers. */
function readStart(read: ParameterReader, scopes: readonly string[]): ChangesStart {
  const decode = (token: string) => changesToken.decode(token, scopes);
  const before = read.token('before', decode);
  const text = read.text('since');
  if (text !== '' && before !== undefined) read.refuse('since and before cannot be combined');
  const timeMs = timeIn(text);
  if (timeMs !== undefined) return { kind: 'since-time', timeMs };
  const since = read.token('since', decode, `or a time (${TIME_FORMS})`);
  if (since !== undefined) return { kind: 'since', positions: since };
  return before === undefined ? { kind: 'newest' } : { kind: 'before', positions: before };
}

const TIME_FORMS = 'ISO 8601, or ms since 1970';
const MS_TIME = /^\d{1,15}$/u;
/** A date alone, or with a time and its zone: a time without a zone could mean any of them. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/u;

function timeIn(text: string): number | undefined {
  if (MS_TIME.test(text)) return Number(text);
  // A plus sign in a query string is read as a space.
  const iso = text.replace(/ (?=\d\d:?\d\d$)/u, '+');
  const timeMs = ISO_TIME.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
