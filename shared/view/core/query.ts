import type { Scope } from '../../core/model.ts';
import { cleanText } from '../../core/text.ts';
import type { FeedPosition, FeedPositions, Item } from './feed.ts';
import { allows, type Filter, type InstanceKey } from './fleet.ts';
import { decodePageToken, type PageTokenKind } from './page-token.ts';
import type { Query } from './response.ts';

/** Questions as they stand in addresses. A question that is not understood is never half answered. */

/** Everything that is wrong with a question, in words. */
export interface Problems {
  readonly problems: readonly string[];
}

export interface InstancesQuery {
  readonly filter: Filter;
  readonly limit: number;
  readonly after: InstanceKey | undefined;
}

export function parseInstancesQuery(
  query: Query,
  scopes: readonly Scope[],
): InstancesQuery | Problems {
  const read = reader(query);
  return read.finish({
    filter: readFilter(read, scopes),
    limit: read.limit(),
    after: read.cursor('cursor', 'instances', keyIn),
  });
}

/** What the page is asked for: the same filter, and whether it should keep itself fresh. */
export interface PageQuery {
  readonly filter: Filter;
  readonly after: InstanceKey | undefined;
  readonly refreshes: boolean;
  /** The filter's parameters as they were given, for the links and the form of the page. */
  readonly given: Query;
}

export function parsePageQuery(query: Query, scopes: readonly Scope[]): PageQuery | Problems {
  const read = reader(query);
  const filter = readFilter(read, scopes);
  return read.finish({
    filter,
    after: read.cursor('cursor', 'page', keyIn),
    refreshes: read.choice('refresh', ['on', 'off']) !== 'off',
    given: new Map([...query].filter(([name, value]) => name !== 'cursor' && value !== '')),
  });
}

/** Where a walk back through an instance's history goes on. */
export interface HistoryCursor {
  readonly places: FeedPositions;
  /** The commit that released the instance, once it has been found. */
  readonly released: { readonly scope: string; readonly seq: number } | undefined;
}

export interface HistoryQuery {
  readonly limit: number;
  readonly from: HistoryCursor | undefined;
}

export function parseHistoryQuery(query: Query): HistoryQuery | Problems {
  const read = reader(query);
  return read.finish({
    limit: read.limit(),
    from: read.cursor('cursor', 'history', historyCursorIn),
  });
}

export interface ChangesQuery {
  readonly filter: Pick<Filter, 'scopes' | 'regions' | 'ids'>;
  /** The statuses that changes lead to, in lower case; `released` is one of them here. */
  readonly to: ReadonlySet<string>;
  readonly limit: number;
  readonly start: ChangesStart;
}

export type ChangesStart =
  | { readonly kind: 'newest' }
  | { readonly kind: 'since' | 'before'; readonly places: FeedPositions }
  | { readonly kind: 'since-time'; readonly timeMs: number };

/** What a change to no status is called in filters. */
const RELEASED = 'released';

/** Notices are for everybody who follows: a filter for instances must not hide that scans fail. */
export function matchesQuery({ filter, to }: ChangesQuery, item: Item): boolean {
  if (item.kind === 'notice') return true;
  const { instanceId, to: status } = item.change;
  return allows(filter.ids, instanceId) && allows(to, status?.toLowerCase() ?? RELEASED);
}

export function parseChangesQuery(query: Query, scopes: readonly Scope[]): ChangesQuery | Problems {
  const read = reader(query);
  return read.finish({
    filter: readPlace(read, scopes),
    to: lowerCase(read.list('status')),
    limit: read.limit(),
    start: readStart(read),
  });
}

/** For addresses that take no parameters. */
export function parseNoParameters(query: Query): object | Problems {
  return reader(query).finish({});
}

export function isInvalid(question: object | Problems): question is Problems {
  return 'problems' in question;
}

function readPlace(
  read: Reader,
  scopes: readonly Scope[],
): Pick<Filter, 'scopes' | 'regions' | 'ids'> {
  return {
    // An empty answer about a region that nobody watches would read as "all is quiet there".
    scopes: read.watched(
      'scope',
      scopes.map(({ key }) => key),
    ),
    regions: read.watched(
      'region',
      scopes.map(({ regionId }) => regionId),
    ),
    ids: new Set(read.list('id')),
  };
}

function readFilter(read: Reader, scopes: readonly Scope[]): Filter {
  return {
    ...readPlace(read, scopes),
    statuses: lowerCase(read.list('status')),
    zones: new Set(read.list('zone')),
    name: read.text('name').toLowerCase(),
    text: read.text('text').toLowerCase(),
  };
}

function readStart(read: Reader): ChangesStart {
  const before = read.cursor('before', 'changes', placesIn);
  const text = read.text('since');
  if (text !== '' && before !== undefined) read.refuse('since and before exclude each other');
  const timeMs = timeIn(text);
  if (timeMs !== undefined) return { kind: 'since-time', timeMs };
  const since = read.cursor('since', 'changes', placesIn, 'or a time (ISO 8601, or ms since 1970)');
  if (since !== undefined) return { kind: 'since', places: since };
  return before === undefined ? { kind: 'newest' } : { kind: 'before', places: before };
}

const MS_TIME = /^\d{1,15}$/u;
/** A date alone, or with a time and its zone: a time without one would be anybody's. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/u;

function timeIn(text: string): number | undefined {
  if (MS_TIME.test(text)) return Number(text);
  // A plus sign in a query string is read as a space.
  const iso = text.replace(/ (?=\d\d:?\d\d$)/u, '+');
  const timeMs = ISO_TIME.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function lowerCase(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map((text) => text.toLowerCase()));
}

/** Cursors come from outside, so each is checked to be one that was given out. */

function keyIn(value: unknown): InstanceKey | undefined {
  if (!Array.isArray(value)) return undefined;
  const [scope, instanceId, sinceMs] = value as readonly unknown[];
  if (typeof scope !== 'string' || typeof instanceId !== 'string') return undefined;
  return isWhole(sinceMs) ? { scope, instanceId, sinceMs } : undefined;
}

/** The form of a key that `keyIn` reads. */
export function keyForToken({ scope, instanceId, sinceMs }: InstanceKey): unknown {
  return [scope, instanceId, sinceMs];
}

function placesIn(value: unknown): FeedPositions | undefined {
  if (!Array.isArray(value)) return undefined;
  const places = new Map<string, FeedPosition>();
  for (const entry of value as readonly unknown[]) {
    if (!Array.isArray(entry)) return undefined;
    const [scope, seq, items] = entry as readonly unknown[];
    if (typeof scope !== 'string' || !isWhole(seq) || !isWhole(items) || seq < 1) return undefined;
    places.set(scope, { seq, items });
  }
  return places;
}

/** The form of places that `placesIn` reads. */
export function positionsForToken(places: FeedPositions): unknown {
  return [...places].map(([scope, { seq, items }]) => [scope, seq, items]);
}

function historyCursorIn(value: unknown): HistoryCursor | undefined {
  if (!Array.isArray(value)) return undefined;
  const [given, scope, seq] = value as readonly unknown[];
  const places = placesIn(given);
  if (places === undefined) return undefined;
  if (scope === undefined) return { places, released: undefined };
  if (typeof scope !== 'string' || !isWhole(seq) || seq < 1) return undefined;
  return { places, released: { scope, seq } };
}

/** The form of a cursor that `historyCursorIn` reads. */
export function historyForToken({ places, released }: HistoryCursor): unknown {
  const found = released === undefined ? [] : [released.scope, released.seq];
  return [positionsForToken(places), ...found];
}

/** Far more commits than any journal holds, and safe to count on from. */
const MAX_WHOLE = 2 ** 52;

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_WHOLE;
}

/** Items that one answer holds when nothing is said, and at most. */
const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1_000;

interface Reader {
  /** An empty value means that nothing is asked, as forms send it. */
  text(name: string): string;
  list(name: string): readonly string[];
  /** Values of a list that must be among those that are watched. */
  watched(name: string, known: readonly string[]): ReadonlySet<string>;
  limit(): number;
  choice(name: string, choices: readonly string[]): string;
  cursor<T>(
    name: string,
    kind: PageTokenKind,
    parse: (value: unknown) => T | undefined,
    alternative?: string,
  ): T | undefined;
  refuse(problem: string): void;
  /** The question, unless there was any problem or a parameter that nobody asked for. */
  finish<T extends object>(question: T): T | Problems;
}

/** Reads parameters and remembers every problem, so that they can be told all at once. */
function reader(query: Query): Reader {
  const problems: string[] = [];
  const names: string[] = [];

  const text = (name: string): string => {
    if (!names.includes(name)) names.push(name);
    return query.get(name)?.trim() ?? '';
  };
  const list = (name: string): readonly string[] =>
    text(name)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return {
    text,
    list,
    watched(name, known) {
      const wanted = list(name);
      const unknown = wanted.filter((item) => !known.includes(item));
      if (unknown.length > 0) {
        problems.push(`${name} is not watched: ${shown(unknown)} (watched: ${shown(known)})`);
      }
      return new Set(wanted);
    },
    limit() {
      const value = text('limit');
      if (value === '') return DEFAULT_LIMIT;
      const limit = /^\d{1,9}$/u.test(value) ? Number(value) : 0;
      if (limit >= 1 && limit <= MAX_LIMIT) return limit;
      problems.push(`limit is not a whole number from 1 to ${MAX_LIMIT}`);
      return DEFAULT_LIMIT;
    },
    choice(name, choices) {
      const value = text(name);
      if (value !== '' && !choices.includes(value)) {
        problems.push(`${name} is none of: ${shown(choices)}`);
      }
      return value;
    },
    cursor(name, kind, parse, alternative) {
      const value = text(name);
      if (value === '') return undefined;
      const cursor = parse(decodePageToken(kind, value));
      if (cursor === undefined) {
        const others = alternative === undefined ? '' : `, ${alternative}`;
        problems.push(`${name} is not a cursor of a former answer here${others}`);
      }
      return cursor;
    },
    refuse(problem) {
      problems.push(problem);
    },
    finish(question) {
      const unknown = [...query.keys()].filter((name) => !names.includes(name));
      if (unknown.length > 0) {
        const taken = names.length === 0 ? 'none are' : `known: ${shown(names)}`;
        problems.push(`unknown parameters: ${shown(unknown)} (${taken})`);
      }
      return problems.length === 0 ? question : { problems };
    },
  };
}

/** Values in a message: what came from outside is shortened, and cannot act. */
function shown(values: readonly string[]): string {
  return [...new Set(values)].map((value) => cleanText(value)).join(', ');
}
