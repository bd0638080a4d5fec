import type { FeedPosition, FeedPositions } from './feed.ts';

/**
 * Positions in journals as a token that stays small, so that an address can carry those of hundreds
 * of scopes: base64url of whole numbers (varints, low bits first) and a checksum of four bytes.
 *
 *     kind, hash bits, entries, (distance of hashes, 2 × seq + 1 if items follow, [items])…, others…
 *
 * A scope is named by the first bits of a hash of its key, and the entries are in the order of these
 * hashes. A token therefore fits any other list of scopes: one that is new has no entry and is at its
 * beginning, all others keep their place, and the entry of one that is not listed is carried along.
 */
export const FEED_CURSOR_KINDS = { changes: 1, history: 2, instances: 3 } as const;

/** Function Compute takes 4 KB of path and query, which also carry the filters. */
const MAX_CURSOR_CHARS = 3 * 1024;
/**
 * Why a cursor over so many scopes cannot be given; undefined: it can. An answer without its cursor
 * could not be followed: something would be missed without a sign.
 */
export function cursorProblem(cursor: string, scopes: number): string | undefined {
  if (cursor.length <= MAX_CURSOR_CHARS) return undefined;
  return (
    `the cursor over ${scopes} scopes would be longer than ${MAX_CURSOR_CHARS} characters, which ` +
    'leaves no room in an address; ask for a part of them with account, region or scope'
  );
}

/** Tokens of up to 300 scopes stay below this. */
const WANTED_CHARS = 2 * 1024;

/**
 * Bits of a hash: the first that keeps the token short is used. That is 48 up to about 150 scopes.
 * At 20, a scope that is added takes over the place of one that was removed since the token was made
 * with a chance of one in a million.
 */
const HASH_BITS = [48, 34, 27, 20];
const NONE: Unmatched = { bits: Math.max(...HASH_BITS), entries: [] };

export interface FeedCursor {
  readonly positions: FeedPositions;
  /** What else a token of this kind holds. */
  readonly others: readonly number[];
  /**
   * The entries of scopes that are not looked for. Instances of a function learn of a new list of
   * scopes at different times: one with an older list must not lose the places of the newer one.
   */
  readonly unmatched?: Unmatched;
}

export interface Unmatched {
  /** As many bits of the hashes are known; the others are 0. */
  readonly bits: number;
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly hash: number;
  readonly position: FeedPosition;
}

export function encodeFeedCursor(
  kind: number,
  { positions, others, unmatched = NONE }: FeedCursor,
): string {
  const hashed = [...entriesOf(positions), ...unmatched.entries];
  hashed.sort((one, other) => one.hash - other.hash);
  let token = '';
  for (const bits of HASH_BITS.filter((width) => width <= unmatched.bits)) {
    const shortened = hashed.map(({ hash }) => firstBits(hash, bits));
    const isDistinct = new Set(shortened).size === shortened.length;
    // Hashes that are distinct stay so with more bits; the widest ones are taken in any case.
    if (token !== '' && !isDistinct) break;
    const entries = hashed.flatMap(({ position }, index) => [
      (shortened[index] ?? 0) - (shortened[index - 1] ?? 0),
      ...packed(position),
    ]);
    token = tokenOf([kind, bits, hashed.length, ...entries, ...others]);
    if (token.length <= WANTED_CHARS) break;
  }
  return token;
}

/** `scopes`: the keys to look for. Undefined when the text is no token of this kind. */
export function decodeFeedCursor(
  kind: number,
  token: string,
  scopes: readonly string[],
): FeedCursor | undefined {
  const numbers = numbersIn(token);
  const [ownKind, bits = 0] = numbers ?? [];
  if (numbers === undefined || ownKind !== kind || !HASH_BITS.includes(bits)) return undefined;
  const stored = entriesIn(numbers);
  if (stored === undefined) return undefined;
  const hashes = new Map([...new Set(scopes)].map((scope) => [scope, shortHash(scope, bits)]));
  const shared = repeated([...hashes.values()]);
  const positions = new Map<string, FeedPosition>();
  for (const [scope, hash] of hashes) {
    const position = stored.entries.get(hash);
    // Of two scopes with one hash, either may be the new one. Both begin again: the changes that
    // come twice have the same ids, and none is lost.
    if (position !== undefined && !shared.has(hash)) positions.set(scope, position);
  }
  const known = new Set(hashes.values());
  const entries = [...stored.entries]
    .filter(([hash]) => !known.has(hash))
    .map(([hash, position]) => ({ hash: fromBits(hash, bits), position }));
  return {
    positions,
    others: stored.others,
    ...(entries.length > 0 && { unmatched: { bits, entries } }),
  };
}

/** The places of some scopes as entries that are carried along. */
export function unmatchedOf(positions: FeedPositions): Unmatched {
  const { bits } = NONE;
  const entries = entriesOf(positions).map(({ hash, position }) => {
    return { hash: fromBits(firstBits(hash, bits), bits), position };
  });
  return { bits, entries };
}

function entriesOf(positions: FeedPositions): readonly Entry[] {
  return [...positions].map(([scope, position]) => ({ hash: hashOf(scope), position }));
}

function repeated(values: readonly number[]): ReadonlySet<number> {
  const once = new Set<number>();
  return new Set(values.filter((value) => once.has(value) || !once.add(value)));
}

function packed({ seq, items }: FeedPosition): readonly number[] {
  return items === 0 ? [2 * seq] : [2 * seq + 1, items];
}

function entriesIn([, , count = 0, ...numbers]: readonly number[]) {
  const entries = new Map<number, FeedPosition>();
  let at = 0;
  let hash = 0;
  for (let entry = 0; entry < count; entry += 1) {
    hash += numbers[at] ?? 0;
    const seqAndFlag = numbers[at + 1] ?? 0;
    const hasItems = seqAndFlag % 2 === 1;
    const items = hasItems ? numbers[at + 2] : 0;
    if (seqAndFlag < 2 || items === undefined) return undefined;
    entries.set(hash, { seq: Math.floor(seqAndFlag / 2), items });
    at += hasItems ? 3 : 2;
  }
  return { entries, others: numbers.slice(at) };
}

const CHECKSUM_BYTES = 4;

/** Any numbers with their checksum: a token if they are one. */
export function tokenOf(numbers: readonly number[]): string {
  const bytes = Buffer.from(numbers.flatMap(varint));
  return Buffer.concat([bytes, checksum(bytes)]).toString('base64url');
}

/** Undefined for a text that was cut or garbled. */
export function numbersIn(token: string): readonly number[] | undefined {
  const all = Buffer.from(token, 'base64url');
  const bytes = all.subarray(0, -CHECKSUM_BYTES);
  const isWhole = checksum(bytes).equals(all.subarray(-CHECKSUM_BYTES));
  return isWhole && all.toString('base64url') === token ? varintsIn(bytes) : undefined;
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(CHECKSUM_BYTES);
  sum.writeUInt32BE(hashOf(bytes.toString('latin1')) % 2 ** 32);
  return sum;
}

const MORE = 128;

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= MORE; left = Math.floor(left / MORE)) bytes.push((left % MORE) + MORE);
  return [...bytes, left];
}

function varintsIn(bytes: Buffer): readonly number[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte % MORE) * unit;
    if (!Number.isSafeInteger(value)) return undefined;
    if (byte >= MORE) {
      unit *= MORE;
    } else {
      numbers.push(value);
      value = 0;
      unit = 1;
    }
  }
  return unit === 1 ? numbers : undefined;
}

const ALL_HASH_BITS = 53;

function shortHash(scope: string, bits: number): number {
  return firstBits(hashOf(scope), bits);
}

function firstBits(hash: number, bits: number): number {
  return Math.floor(hash / 2 ** (ALL_HASH_BITS - bits));
}

/** The smallest hash with these first bits. */
function fromBits(first: number, bits: number): number {
  return first * 2 ** (ALL_HASH_BITS - bits);
}

/**
 * 53 bits of a text. It keeps nothing secret: a caller who forges a token gets other positions, and
 * nothing that a filter would not give. Source: cyrb53 by bryc, public domain.
 */
export function hashOf(text: string): number {
  let high = 0x41c6ce57;
  let low = 0xdeadbeef;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 2_654_435_761);
    high = Math.imul(high ^ unit, 1_597_334_677);
  }
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  return 2 ** 32 * (high & 0x1fffff) + (low >>> 0);
}
