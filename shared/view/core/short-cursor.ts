import { BEGINNING, type FeedPosition, type FeedPositions } from './feed.ts';
import { type FeedCursor, hashOf, numbersIn, tokenOf } from './feed-cursor.ts';

/**
 * A cursor over so many scopes that their hashes and seqs do not fit into an address. It holds the
 * last bits of each seq, in the order of the keys of the scopes, and a hash over all keys and
 * positions. The rest of a seq follows from where the journal ends, or from where it was at a time:
 *
 *     4, kind, entries, hash, made at, around, flags of 7 entries…, seqs modulo 128…,
 *     pairs of (place, items), pairs of (place, seq), others…
 *
 * The hash decides: positions are given back exactly, or not at all.
 */
const SHORT_CURSOR = 4;

/** One byte of a varint, so that 1,800 scopes take 2,800 characters of base64url. */
const MODULUS = 128;
/** How far a position may be behind the end of its journal, or from a time, to be found from there. */
export const NEAR_COMMITS = MODULUS / 2;
/** Commits that were written late: they are before a time, and come after what was read there. */
const LATE_COMMITS = MODULUS / 4;
const FLAGS_IN_NUMBER = 7;

export interface ShortCursor {
  readonly kind: number;
  /** When it was made, and the time that the other positions are around. */
  readonly madeAtMs: number;
  readonly aroundMs: number;
  readonly entries: readonly ShortEntry[];
  readonly others: readonly number[];
  readonly hash: number;
}

interface ShortEntry {
  readonly scope: string;
  /** Where the journal was at its end; `exact`: the seq is whole. */
  readonly near: 'end' | 'time' | 'exact';
  readonly seq: number;
  readonly items: number;
}

/** Scope key → the seq that the next commit would have, or that the first one since a time has. */
export type Places = ReadonlyMap<string, number>;

/** The scopes whose positions do not follow from the ends of their journals. */
export function farFromEnd(
  positions: FeedPositions,
  scopes: readonly string[],
  ends: Places,
): readonly string[] {
  return scopes.filter((scope) => {
    const lag = (ends.get(scope) ?? 0) - positionOf(positions, scope).seq;
    return lag < 0 || lag >= NEAR_COMMITS;
  });
}

/** `places`: of the scopes that are far from the end, where they were at `aroundMs`. */
export function shortCursorOf(
  kind: number,
  { positions, others }: FeedCursor,
  scopes: readonly string[],
  {
    places,
    madeAtMs,
    aroundMs,
  }: { readonly places: Places; readonly madeAtMs: number; readonly aroundMs: number },
): string {
  const sorted = scopes.toSorted();
  const all = sorted.map((scope) => positionOf(positions, scope));
  const pairs = (numbers: (at: number) => number | undefined) =>
    all.flatMap((_, at) => {
      const number = numbers(at);
      return number === undefined ? [] : [at, number];
    });
  const isFar = sorted.map((scope) => places.has(scope));
  const exact = pairs((at) => {
    const { seq } = all[at] ?? BEGINNING;
    const place = places.get(sorted[at] ?? '');
    return place === undefined || Math.abs(seq - place) < LATE_COMMITS ? undefined : seq;
  });
  const items = pairs((at) => all[at]?.items || undefined);
  return tokenOf([
    SHORT_CURSOR,
    kind,
    all.length,
    hashOfAll(sorted, all),
    madeAtMs,
    aroundMs,
    ...flagsOf(isFar),
    ...all.map(({ seq }) => seq % MODULUS),
    items.length,
    ...items,
    exact.length,
    ...exact,
    ...others,
  ]);
}

export function isShortCursor(token: string): boolean {
  return numbersIn(token)?.[0] === SHORT_CURSOR;
}

/** Undefined: it is none of this kind, over so many scopes. */
export function shortCursorIn(
  kind: number,
  token: string,
  scopes: readonly string[],
): ShortCursor | undefined {
  const [form, ownKind, count, hash, madeAtMs, aroundMs, ...rest] = numbersIn(token) ?? [];
  if (form !== SHORT_CURSOR || ownKind !== kind || count !== scopes.length) return undefined;
  if (hash === undefined || madeAtMs === undefined || aroundMs === undefined) return undefined;
  let at = 0;
  const take = (length: number): readonly number[] => {
    at += length;
    return rest.slice(at - length, at);
  };
  const flags = take(Math.ceil(count / FLAGS_IN_NUMBER));
  const residues = take(count);
  const [items, exact] = [pairsIn(take(take(1)[0] ?? 0)), pairsIn(take(take(1)[0] ?? 0))];
  const entries = scopes.toSorted().map((scope, place): ShortEntry => {
    const seq = exact.get(place);
    const flag = Math.floor(
      (flags[Math.floor(place / FLAGS_IN_NUMBER)] ?? 0) / 2 ** (place % FLAGS_IN_NUMBER),
    );
    return {
      scope,
      near: seq !== undefined ? 'exact' : flag % 2 === 1 ? 'time' : 'end',
      seq: seq ?? residues[place] ?? 0,
      items: items.get(place) ?? 0,
    };
  });
  return { kind, madeAtMs, aroundMs, hash, entries, others: rest.slice(at) };
}

/** Undefined: they are not those that the cursor was made of. */
export function positionsIn(
  { entries, hash }: ShortCursor,
  ends: Places,
  around: Places,
): FeedPositions | undefined {
  const found = entries.map(({ scope, near, seq, items }): readonly [string, FeedPosition] => {
    const most = near === 'end' ? ends.get(scope) : (around.get(scope) ?? 0) + LATE_COMMITS;
    return [scope, { seq: near === 'exact' ? seq : lastUpTo(most ?? 0, seq), items }];
  });
  const scopes = found.map(([scope]) => scope);
  const positions = found.map(([, position]) => position);
  return hashOfAll(scopes, positions) === hash ? new Map(found) : undefined;
}

/** Where the journals ended when the cursor was made, as far as the commits of that time tell. */
export function withLateCommits(places: Places): Places {
  return new Map([...places].map(([scope, seq]) => [scope, seq + LATE_COMMITS]));
}

/** The largest number up to `most` with this remainder. */
function lastUpTo(most: number, remainder: number): number {
  return most - ((((most - remainder) % MODULUS) + MODULUS) % MODULUS);
}

function positionOf(positions: FeedPositions, scope: string): FeedPosition {
  return positions.get(scope) ?? BEGINNING;
}

function hashOfAll(scopes: readonly string[], positions: readonly FeedPosition[]): number {
  return hashOf(JSON.stringify([scopes, positions.map(({ seq, items }) => [seq, items])]));
}

function flagsOf(flags: readonly boolean[]): readonly number[] {
  const numbers = new Array<number>(Math.ceil(flags.length / FLAGS_IN_NUMBER)).fill(0);
  for (const [place, flag] of flags.entries()) {
    const at = Math.floor(place / FLAGS_IN_NUMBER);
    if (flag) numbers[at] = (numbers[at] ?? 0) + 2 ** (place % FLAGS_IN_NUMBER);
  }
  return numbers;
}

function pairsIn(numbers: readonly number[]): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  for (let at = 0; at + 1 < numbers.length; at += 2)
    pairs.set(numbers[at] ?? 0, numbers[at + 1] ?? 0);
  return pairs;
}
