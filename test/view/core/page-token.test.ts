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
const place = fc.record({ seq: fc.integer({ min: 1 }), items: fc.nat() });
const positions: fc.Arbitrary<FeedPositions> = fc
  .array(fc.tuple(texts, place))
  .map((entries) => new Map(entries));
const histories: fc.Arbitrary<HistoryPosition> = fc.oneof(
  positions.map((places) => ({ positions: places, released: undefined })),
  fc.tuple(texts, place, fc.integer({ min: 1 })).map(([scope, position, seq]) => ({
    positions: new Map([[scope, position]]),
    released: { scope, seq },
  })),
);

it('decodes to the value that it was made from, whatever texts are in it', () => {
  fc.assert(
    fc.property(keys, positions, histories, (key, places, history) => {
      const scopes = [...places.keys()];
      const read = [...history.positions.keys()];
      const seqs = new Map([...places].map(([scope, { seq }]) => [scope, seq]));
      const list = { seqs, offset: key.sinceMs, nowMs: key.sinceMs };
      const ofList = instancesToken.encode(list, key.scope);
      expect(instancesToken.decode(ofList, scopes, key.scope)).toEqual(list);
      expect(instancesToken.decode(ofList, scopes, `${key.scope}x`)).toBeUndefined();
      if (scopes.length > 0)
        expect(instancesToken.decode(ofList, scopes.slice(1), key.scope)).toBeUndefined();
      expect(homeToken.decode(homeToken.encode(key))).toEqual(key);
      expect(changesToken.decode(changesToken.encode({ positions: places }), scopes)).toMatchObject(
        {
          positions: places,
        },
      );
      expect(historyToken.decode(historyToken.encode(history), read)).toEqual(history);
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
  const list = { seqs: new Map(), offset: 1, nowMs: 1 };
  const none: FeedPositions = new Map();

  expect(homeToken.decode(instancesToken.encode(list, ''))).toBeUndefined();
  expect(changesToken.decode(instancesToken.encode(list, ''), [])).toBeUndefined();
  expect(historyToken.decode(changesToken.encode({ positions: none }), [])).toBeUndefined();
  expect(
    changesToken.decode(historyToken.encode({ positions: none, released: undefined }), []),
  ).toBeUndefined();
});

it('of a released instance says nothing once its scope is no longer watched', () => {
  const released = { scope: 'main/cn-hangzhou', seq: 7 };
  const token = historyToken.encode({
    positions: new Map([[released.scope, { seq: 5, items: 1 }]]),
    released,
  });

  expect(historyToken.decode(token, ['main/cn-shanghai'])).toBeUndefined();
});

it('is refused when it is any other text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(instancesToken.decode(text, [], '')).toBeUndefined();
      expect(changesToken.decode(text, [])).toBeUndefined();
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
  expect(changesToken.decode(forged('changes', json), [])).toBeUndefined();
  expect(historyToken.decode(forged('history', [json]), [])).toBeUndefined();
});

it.each([
  [['main/cn-hangzhou', 'i-1']],
  [['main/cn-hangzhou', 7, 1]],
  [['main/cn-hangzhou', 'i-1', -1]],
  [null],
])('is refused when its instance was never given out: %j', (json) => {
  expect(instancesToken.decode(forged('instances', json), [], '')).toBeUndefined();
});

/** Tokens that clients hold. They are never changed. */
describe('a token of version 0.1, which held JSON,', () => {
  it.each<[string, string, object]>([
    [
      'of one scope',
      'WyJjaGFuZ2VzIixbWyJtYWluL2NuLWhhbmd6aG91IiwzLDBdXV0',
      new Map([['main/cn-hangzhou', { seq: 3, items: 0 }]]),
    ],
    ['of no scope', 'WyJjaGFuZ2VzIixbXV0', new Map()],
    [
      'of several scopes, in the middle of a commit',
      'WyJjaGFuZ2VzIixbWyJtYWluL2NuLWhhbmd6aG91Iiw0MiwwXSxbIm1haW4vY24tc2hhbmdoYWkiLDEsN10sWyJ3YXRjaGVyIiw1LDBdXV0',
      new Map([
        ['main/cn-hangzhou', { seq: 42, items: 0 }],
        ['main/cn-shanghai', { seq: 1, items: 7 }],
        ['watcher', { seq: 5, items: 0 }],
      ]),
    ],
  ])('of /changes is read: %s', (_, token, value) => {
    const scopes = ['main/cn-hangzhou', 'main/cn-shanghai', 'watcher'];
    const unknown = changesToken.decode(token, []) ?? { positions: new Map() };

    expect(changesToken.decode(token, scopes)).toEqual({ positions: value });
    expect(changesToken.decode(changesToken.encode(unknown), scopes)?.positions).toEqual(value);
  });

  it.each<[string, string, object]>([
    [
      'of a search',
      'WyJoaXN0b3J5IixbW1sibWFpbi9jbi1oYW5nemhvdSIsOSwyXV1dXQ',
      { positions: new Map([['main/cn-hangzhou', { seq: 9, items: 2 }]]), released: undefined },
    ],
    [
      'of a released instance',
      'WyJoaXN0b3J5IixbW1sibWFpbi9jbi1oYW5nemhvdSIsOSwyXV0sIm1haW4vY24taGFuZ3pob3UiLDEyXV0',
      {
        positions: new Map([['main/cn-hangzhou', { seq: 9, items: 2 }]]),
        released: { scope: 'main/cn-hangzhou', seq: 12 },
      },
    ],
  ])('of a history is read: %s', (_, token, value) => {
    expect(historyToken.decode(token, [])).toEqual(value);
  });

  it('of a list is read', () => {
    const key = { scope: 'main/cn-hangzhou', instanceId: 'i-bp1', sinceMs: 1_763_805_600_000 };
    const ofInstances =
      'WyJpbnN0YW5jZXMiLFsibWFpbi9jbi1oYW5nemhvdSIsImktYnAxIiwxNzYzODA1NjAwMDAwXV0';
    const ofPage = 'WyJwYWdlIixbIm1haW4vY24taGFuZ3pob3UiLCJpLWJwMSIsMTc2MzgwNTYwMDAwMF1d';

    expect(instancesToken.decode(ofInstances, [], '')).toEqual({ last: key });
    expect(homeToken.decode(ofPage)).toEqual(key);
  });
});

function forged(kind: string, json: unknown): string {
  return Buffer.from(JSON.stringify([kind, json])).toString('base64url');
}
