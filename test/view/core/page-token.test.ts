import fc from 'fast-check';
import type { FeedPositions } from '../../../shared/view/core/feed.ts';
import {
  changesToken,
  type HistoryPosition,
  historyToken,
  homeToken,
  instancesToken,
} from '../../../shared/view/core/page-token.ts';

const texts = fc.string({ unit: 'binary' });
const keys = fc.record({ scope: texts, instanceId: texts, sinceMs: fc.nat() });
const positions: fc.Arbitrary<FeedPositions> = fc
  .array(fc.tuple(texts, fc.record({ seq: fc.integer({ min: 1 }), items: fc.nat() })))
  .map((entries) => new Map(entries));
const histories: fc.Arbitrary<HistoryPosition> = fc.record({
  positions,
  released: fc.option(fc.record({ scope: texts, seq: fc.integer({ min: 1 }) }), {
    nil: undefined,
  }),
});

it('decodes to the value that it was made from, whatever texts are in it', () => {
  fc.assert(
    fc.property(keys, positions, histories, (key, places, history) => {
      expect(instancesToken.decode(instancesToken.encode(key))).toEqual(key);
      expect(homeToken.decode(homeToken.encode(key))).toEqual(key);
      expect(changesToken.decode(changesToken.encode(places))).toEqual(places);
      expect(historyToken.decode(historyToken.encode(history))).toEqual(history);
    }),
  );
});

it('needs no escapes in an address', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const token = historyToken.encode(history);

      expect(encodeURIComponent(token)).toBe(token);
    }),
  );
});

it('is not taken for a token of another kind', () => {
  const key = { scope: 'main/cn-hangzhou', instanceId: 'i-1', sinceMs: 1 };

  expect(homeToken.decode(instancesToken.encode(key))).toBeUndefined();
  expect(historyToken.decode(changesToken.encode(new Map()))).toBeUndefined();
});

it('is refused when it is any other text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(instancesToken.decode(text)).toBeUndefined();
      expect(changesToken.decode(text)).toBeUndefined();
    }),
  );
});

it.each([
  [[['main/cn-hangzhou', 0, 0]]],
  [[['main/cn-hangzhou', 1.5, 0]]],
  [[['main/cn-hangzhou', 2 ** 53, 0]]],
  [[[1, 1, 0]]],
  [['main/cn-hangzhou']],
  [{}],
  [null],
])('is refused when its positions were never given out: %j', (json) => {
  expect(changesToken.decode(forged('changes', json))).toBeUndefined();
  expect(historyToken.decode(forged('history', [json]))).toBeUndefined();
});

it.each([
  [['main/cn-hangzhou', 'i-1']],
  [['main/cn-hangzhou', 7, 1]],
  [['main/cn-hangzhou', 'i-1', -1]],
  [null],
])('is refused when its instance was never given out: %j', (json) => {
  expect(instancesToken.decode(forged('instances', json))).toBeUndefined();
});

it('reads the tokens that version 0.1 gave out', () => {
  const token = 'WyJjaGFuZ2VzIixbWyJtYWluL2NuLWhhbmd6aG91IiwzLDBdXV0';

  expect(changesToken.decode(token)).toEqual(new Map([['main/cn-hangzhou', { seq: 3, items: 0 }]]));
});

function forged(kind: string, json: unknown): string {
  return Buffer.from(JSON.stringify([kind, json])).toString('base64url');
}
