import type { Scope } from '../../core/model.ts';
import { WATCHER } from '../../core/watcher-journal.ts';
import type { DeliveryPosition } from './deliveries.ts';
import type { FeedPositions, Item } from './feed.ts';
import { allows, type Filter, type InstanceKey, isInScope } from './fleet.ts';
import {
  changesToken,
  deliveriesToken,
  type HistoryPosition,
  historyToken,
  homeToken,
  instancesToken,
} from './page-token.ts';
import { type ParameterReader, type Problems, parameterReader } from './parameters.ts';
import type { QueryParameters } from './request.ts';

/** Queries as addresses carry them. A query that is not understood is never half answered. */

export interface InstancesQuery {
  readonly filter: Filter;
  readonly limit: number;
  readonly after: InstanceKey | undefined;
}

export function parseInstancesQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): InstancesQuery | Problems {
  const read = parameterReader(parameters);
  return read.finish({
    filter: readFilter(read, scopes),
    limit: read.limit(),
    after: read.token('cursor', instancesToken.decode),
  });
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
  readonly filter: ChangesFilter;
  /** The statuses that changes lead to, in lower case; `released` is one of them here. */
  readonly to: ReadonlySet<string>;
  readonly limit: number;
  readonly start: ChangesStart;
}

export type ChangesStart =
  | { readonly kind: 'newest' }
  | { readonly kind: 'since' | 'before'; readonly positions: FeedPositions }
  | { readonly kind: 'since-time'; readonly timeMs: number };

export function parseChangesQuery(
  parameters: QueryParameters,
  scopes: readonly Scope[],
): ChangesQuery | Problems {
  const read = parameterReader(parameters);
  const filter = readChangesFilter(read, scopes);
  return read.finish({
    filter,
    to: lowerCase(read.list('status')),
    limit: read.limit(),
    start: readStart(read, keysOf(scopes.filter((scope) => isInScope(filter, scope)))),
  });
}

/** The name, in filters, of a change to no status. */
const RELEASED = 'released';

/** Every reader needs the notices: a filter for instances must not hide that scans fail. */
export function matchesQuery({ filter, to }: ChangesQuery, item: Item): boolean {
  if (item.kind === 'notice') return true;
  const { instanceId, to: status, resourceGroupId = '' } = item.change;
  return (
    allows(filter.ids, instanceId) &&
    allows(filter.resourceGroups, resourceGroupId) &&
    allows(to, status?.toLowerCase() ?? RELEASED)
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

type ChangesFilter = Pick<Filter, 'scopes' | 'accounts' | 'regions' | 'ids' | 'resourceGroups'>;

function readChangesFilter(read: ParameterReader, scopes: readonly Scope[]): ChangesFilter {
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
    ids: new Set(read.list('id')),
    resourceGroups: new Set(read.list('resourceGroup')),
  };
}

function readFilter(read: ParameterReader, scopes: readonly Scope[]): Filter {
  return {
    ...readChangesFilter(read, scopes),
    statuses: lowerCase(read.list('status')),
    zones: new Set(read.list('zone')),
    name: read.text('name').toLowerCase(),
    text: read.text('text').toLowerCase(),
  };
}

function lowerCase(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
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
  const since = read.token('since', decode, 'or a time (ISO 8601, or ms since 1970)');
  if (since !== undefined) return { kind: 'since', positions: since };
  return before === undefined ? { kind: 'newest' } : { kind: 'before', positions: before };
}

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
