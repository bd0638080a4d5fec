import { isCount } from '../../core/is-count.ts';
import { parseJson } from '../../core/json.ts';
import type { DeliveryPosition } from './deliveries.ts';
import { type FeedPosition, type FeedPositions, positionAfter } from './feed.ts';
import {
  decodeFeedCursor,
  encodeFeedCursor,
  FEED_CURSOR_KINDS,
  type FeedCursor,
  hashOf,
  unmatchedOf,
} from './feed-cursor.ts';
import type { InstanceKey } from './instance-row.ts';

/**
 * A page of results ends with a token: the position to go on from, as text that an address carries
 * unescaped. The JSON API calls it a cursor. Tokens come back from outside, so decoding checks that
 * the text has the form of a token that was given out.
 */
export interface PageToken<T> {
  encode(value: T): string;
  /** Undefined when the text is no token of this kind. */
  decode(token: string): T | undefined;
}

/** How far a search through an instance's history has come. */
export interface HistoryPosition {
  readonly positions: FeedPositions;
  /** The commit that released the instance, once it has been found. */
  readonly released: { readonly scope: string; readonly seq: number } | undefined;
}

/** `/` in a browser: the last instance of the page, in another order. */
export const homeToken = pageToken('page', keyToJson, keyFromJson);

/** `/deliveries`: the last attempt of the page. */
export const deliveriesToken = pageToken('deliveries', deliveryToJson, deliveryFromJson);

/** A token over the journals of several scopes; `scopes` are the keys that it may be about now. */
export interface FeedToken<T> {
  encode(value: T): string;
  decode(token: string, scopes: readonly string[]): T | undefined;
}

export type ChangesPlace = Pick<FeedCursor, 'positions' | 'unmatched'>;

/** `/changes` */
export const changesToken: FeedToken<ChangesPlace> = {
  encode: (place) => encodeFeedCursor(FEED_CURSOR_KINDS.changes, { ...place, others: [] }),
  decode(token, scopes) {
    const all = positionsFromJson(valueInJson('changes', token));
    if (all === undefined) return decodeFeedCursor(FEED_CURSOR_KINDS.changes, token, scopes);
    const isKnown = ([scope]: readonly [string, unknown]): boolean => scopes.includes(scope);
    const others = new Map([...all].filter((entry) => !isKnown(entry)));
    return {
      positions: new Map([...all].filter(isKnown)),
      ...(others.size > 0 && { unmatched: unmatchedOf(others) }),
    };
  },
};

/** `/instances/{id}`. Of a released instance, only the journal of its scope is read on. */
export const historyToken: FeedToken<HistoryPosition> = {
  encode: ({ positions, released }) =>
    encodeFeedCursor(FEED_CURSOR_KINDS.history, { positions, others: [released?.seq ?? 0] }),
  decode(token, scopes) {
    const known = historyFromJson(valueInJson('history', token));
    if (known !== undefined) return known;
    const cursor = decodeFeedCursor(FEED_CURSOR_KINDS.history, token, scopes);
    if (cursor === undefined) return undefined;
    const { positions, others } = cursor;
    const [seq = 0] = others;
    if (seq === 0) return { positions, released: undefined };
    const [scope] = positions.keys();
    return scope === undefined ? undefined : { positions, released: { scope, seq } };
  },
};

/** The last instance of a page, in a token of version 0.1, which knew no other order than `byKey`. */
export interface LastInstance {
  readonly last: InstanceKey;
}

/** A place in a list of instances: how many have been given, of which state of the fleet. */
export interface ListPosition {
  /** Scope key → the last commit that the list is made of. */
  readonly seqs: ReadonlyMap<string, number>;
  readonly offset: number;
  /** The time of the first page, by which durations are judged. */
  readonly nowMs: number;
}

/**
 * `/instances`. All pages are of the commits that the first one was made of, so that none of them
 * misses or repeats an instance, whatever the order is. `query` is what makes the list, as one text.
 */
export const instancesToken = {
  encode({ seqs, offset, nowMs }: ListPosition, query: string): string {
    const positions = new Map([...seqs].map(([scope, seq]) => [scope, positionAfter(seq)]));
    const others = [offset, nowMs, seqs.size, hashOf(query)];
    return encodeFeedCursor(FEED_CURSOR_KINDS.instances, { positions, others });
  },
  decode(
    token: string,
    scopes: readonly string[],
    query: string,
  ): ListPosition | LastInstance | undefined {
    const last = keyFromJson(valueInJson('instances', token));
    if (last !== undefined) return { last };
    const cursor = decodeFeedCursor(FEED_CURSOR_KINDS.instances, token, scopes);
    if (cursor === undefined) return undefined;
    const { positions, others } = cursor;
    const [offset, nowMs, size, hash] = others;
    if (offset === undefined || nowMs === undefined) return undefined;
    // Of other scopes or another query, the offset would be a place in another list.
    if (size !== positions.size || hash !== hashOf(query)) return undefined;
    const seqs = new Map([...positions].map(([scope, { seq }]) => [scope, seq - 1]));
    return { seqs, offset, nowMs };
  },
};

/** A place in the differences between two states of the fleet; `nowMs` is when the later one ended. */
export interface DiffPosition {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly offset: number;
  readonly nowMs: number;
}

const PARTER = '.';

/** `/diff`: the commits of both states. */
export const diffToken = {
  encode({ before, after, ...place }: DiffPosition, query: string): string {
    return [before, after]
      .map((seqs) => instancesToken.encode({ seqs, ...place }, query))
      .join(PARTER);
  },
  decode(token: string, scopes: readonly string[], query: string): DiffPosition | undefined {
    const [before, after, ...others] = token
      .split(PARTER)
      .map((part) => instancesToken.decode(part, scopes, query));
    if (before === undefined || after === undefined || others.length > 0) return undefined;
    if ('last' in before || 'last' in after) return undefined;
    const { offset, nowMs } = after;
    return { before: before.seqs, after: after.seqs, offset, nowMs };
  },
};

/** A token carries its kind, so that a token of one address is not taken for one of another. */
function pageToken<T>(
  kind: string,
  toJson: (value: T) => unknown,
  fromJson: (json: unknown) => T | undefined,
): PageToken<T> {
  return {
    encode: (value) => Buffer.from(JSON.stringify([kind, toJson(value)])).toString('base64url'),
    decode: (token) => fromJson(valueInJson(kind, token)),
  };
}

function valueInJson(kind: string, token: string): unknown {
  const json = parseJson(Buffer.from(token, 'base64url').toString());
  return Array.isArray(json) && json[0] === kind ? json[1] : undefined;
}

function keyToJson({ scope, instanceId, sinceMs }: InstanceKey): unknown {
  return [scope, instanceId, sinceMs];
}

function keyFromJson(json: unknown): InstanceKey | undefined {
  if (!Array.isArray(json)) return undefined;
  const [scope, instanceId, sinceMs] = json as readonly unknown[];
  if (typeof scope !== 'string' || typeof instanceId !== 'string') return undefined;
  return isWhole(sinceMs) ? { scope, instanceId, sinceMs } : undefined;
}

function deliveryToJson({ seq, channel }: DeliveryPosition): unknown {
  return [seq, channel];
}

function deliveryFromJson(json: unknown): DeliveryPosition | undefined {
  if (!Array.isArray(json)) return undefined;
  const [seq, channel] = json as readonly unknown[];
  return typeof channel === 'string' && isCount(seq) ? { seq, channel } : undefined;
}

/** Positions as the tokens of version 0.1 hold them: with the keys of the scopes. */
function positionsFromJson(json: unknown): FeedPositions | undefined {
  if (!Array.isArray(json)) return undefined;
  const positions = new Map<string, FeedPosition>();
  for (const entry of json as readonly unknown[]) {
    if (!Array.isArray(entry)) return undefined;
    const [scope, seq, items] = entry as readonly unknown[];
    if (typeof scope !== 'string' || !isWhole(seq) || !isWhole(items) || seq < 1) return undefined;
    positions.set(scope, { seq, items });
  }
  return positions;
}

function historyFromJson(json: unknown): HistoryPosition | undefined {
  if (!Array.isArray(json)) return undefined;
  const [positionsJson, scope, seq] = json as readonly unknown[];
  const positions = positionsFromJson(positionsJson);
  if (positions === undefined) return undefined;
  if (scope === undefined) return { positions, released: undefined };
  if (typeof scope !== 'string' || !isWhole(seq) || seq < 1) return undefined;
  return { positions, released: { scope, seq } };
}

/** Far more commits than any journal holds, and safe to count on from. */
const MAX_WHOLE = 2 ** 51;

function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_WHOLE;
}
