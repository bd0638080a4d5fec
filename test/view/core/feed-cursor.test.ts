import fc from 'fast-check';
import type { FeedPosition, FeedPositions } from '../../../shared/view/core/feed.ts';
import {
  decodeFeedCursor,
  encodeFeedCursor,
  FEED_CURSOR_KINDS,
  tokenOf,
} from '../../../shared/view/core/feed-cursor.ts';

const KIND = FEED_CURSOR_KINDS.changes;
const ACCOUNTS = Array.from({ length: 20 }, (_, index) => `account-${index}`);
const REGIONS = Array.from({ length: 30 }, (_, index) => `cn-region-${index}`);
const ALL = ACCOUNTS.flatMap((account) => REGIONS.map((region) => `${account}/${region}`));

function encode(positions: FeedPositions, others: readonly number[] = []): string {
  return encodeFeedCursor(KIND, { positions, others });
}

function decode(token: string, scopes: readonly string[]): FeedPositions | undefined {
  return decodeFeedCursor(KIND, token, scopes)?.positions;
}

function places(scopes: readonly string[], placeOf: (index: number) => FeedPosition) {
  return new Map(scopes.map((scope, index) => [scope, placeOf(index)]));
}

const position: fc.Arbitrary<FeedPosition> = fc.record({
  seq: fc.oneof(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 1, max: 2 ** 50 })),
  items: fc.oneof(fc.constant(0), fc.nat()),
});
/** Scopes of the regions of several accounts, in any order. */
const scopes = fc.uniqueArray(fc.constantFrom(...ALL), { maxLength: 60 });

it('keeps the place of every scope, and the other numbers', () => {
  fc.assert(
    fc.property(scopes, fc.infiniteStream(position), fc.array(fc.nat()), (list, stream, others) => {
      const positions = places(list, () => stream.next().value);

      expect(decodeFeedCursor(KIND, encode(positions, others), list)).toEqual({
        positions,
        others,
      });
    }),
  );
});

it('fits a later list: what is new begins, what is gone is passed over, the rest keeps its place', () => {
  fc.assert(
    fc.property(scopes, scopes, fc.infiniteStream(position), (before, after, stream) => {
      const positions = places(before, () => stream.next().value);

      const kept = after.filter((scope) => before.includes(scope));
      expect(decode(encode(positions), after)).toEqual(
        new Map(kept.map((scope) => [scope, positions.get(scope)])),
      );
    }),
  );
});

it('carries the places of scopes that are not listed, however often it is read and written', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...ALL), { maxLength: 400 }),
      fc.array(scopes, { maxLength: 3 }),
      fc.infiniteStream(position),
      (all, lists, stream) => {
        const positions = places(all, () => stream.next().value);
        let token = encode(positions);
        for (const list of lists) {
          const known = all.filter((scope) => list.includes(scope));
          const cursor = decodeFeedCursor(KIND, token, known);
          token = encodeFeedCursor(KIND, cursor ?? { positions: new Map(), others: [] });
        }

        expect(decode(token, all)).toEqual(positions);
      },
    ),
  );
});

it('fits a later list of many scopes, too', () => {
  const before = ALL.slice(0, 300);
  const positions = places(before, (index) => ({ seq: 8_192 + index * 3_000, items: 0 }));
  const after = [...before.slice(10), ...ALL.slice(300)];

  const token = encode(positions);

  expect(decode(token, before)).toEqual(positions);
  expect(decode(token, after)).toEqual(new Map([...positions].slice(10)));
});

it.each([
  ['300 scopes with up to a million commits each', 300, 1_048_575],
  ['150 scopes with up to ten million commits each', 150, 10_000_000],
])('is shorter than 2 KB: %s', (_, count, seq) => {
  for (let first = 0; first + count <= ALL.length; first += 50) {
    const token = encode(places(ALL.slice(first, first + count), () => ({ seq, items: 0 })));

    expect(token.length).toBeLessThan(2_048);
  }
});

it('takes hashes long enough for all scopes to differ', () => {
  const many = Array.from({ length: 3_000 }, (_, index) => `main/cn-${index}`);
  const positions = places(many, (index) => ({ seq: index + 1, items: 0 }));

  expect(decode(encode(positions), many)).toEqual(positions);
});

it('begins both of two scopes again that it cannot tell apart', () => {
  // Their hashes begin with the same 20 bits.
  const [known, unknown] = ['main/cn-1733', 'main/cn-2389'];
  const others = ALL.slice(0, 299);
  const positions = places([known, ...others], () => ({ seq: 1_000_000, items: 0 }));

  const token = encode(positions);

  expect(decode(token, [known, ...others])).toEqual(positions);
  expect(decode(token, [known, unknown, ...others])?.size).toBe(299);
});

it('is refused when any of its characters is another one, or missing', () => {
  const token = fc.tuple(scopes, fc.infiniteStream(position)).map(([list, stream]) => ({
    list,
    token: encode(places(list, () => stream.next().value)),
  }));
  const characters = fc.constantFrom(...'ABCXYZabcxyz0189-_=+/ ');
  fc.assert(
    fc.property(token, fc.nat(), characters, ({ list, token: whole }, where, character) => {
      const at = where % whole.length;
      const garbled = whole.slice(0, at) + character + whole.slice(at + 1);

      if (garbled !== whole) expect(decode(garbled, list)).toBeUndefined();
      expect(decode(whole.slice(0, at), list)).toBeUndefined();
      expect(decode(whole.slice(0, at) + whole.slice(at + 1), list)).toBeUndefined();
    }),
  );
});

it.each([
  ['no number', []],
  ['no width of hashes', [KIND]],
  ['a width that is not used', [KIND, 53, 0]],
  ['fewer entries than it counts', [KIND, 48, 2, 5, 8]],
  ['a seq that no commit has', [KIND, 48, 1, 5, 0]],
  ['an entry without its items', [KIND, 48, 1, 5, 9]],
])('is refused when it holds %s, with the right checksum', (_, numbers) => {
  expect(decode(tokenOf(numbers), ALL)).toBeUndefined();
});

it('is read as it was given out: hashes and numbers stay what they are', () => {
  const token = 'ATAD7-Oq5r-PDeHFCAfBsd2C6ZkaVMm65cjO6wYK39qm_g';

  const positions = new Map([
    ['main/cn-hangzhou', { seq: 42, items: 0 }],
    ['main/cn-shanghai', { seq: 70_000, items: 7 }],
    ['watcher', { seq: 5, items: 0 }],
  ]);
  expect(encode(positions)).toBe(token);
  expect(decode(token, ['watcher', 'main/cn-hangzhou', 'main/cn-shanghai'])).toEqual(positions);
});
