import fc from 'fast-check';
import { NEW_CHANNEL } from '../../shared/core/channel-state.ts';
import { BASELINE, BROWSER, HANGZHOU, recorder, testView } from './helpers.ts';

/** Names of what every object inherits, halves of characters, and text that acts. */
const WORDS: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', 'length'],
  ...['\ud800', 'i-\udc00', '\udfff\ud800', 'a\u0000b', '%', '%ff', '../..', '?', '#', '云', ''],
  ...['<script>', '"', "'", '&amp;', 'Running', 'null', 'undefined', '-1', '1e999'],
];
const PARAMETERS: readonly string[] = ['status', 'region', 'id', 'name', 'text', 'zone', 'refresh'];

describe('a word from outside', () => {
  it.each(WORDS.filter((word) => word !== ''))(
    'may be status, name, id and channel at once: %j',
    async (word) => {
      const test = await viewOf([word], word);

      const page = await test.ask('/', { headers: BROWSER });
      const summary = await test.json('/');
      const one = await test.ask('/', { path: ['instances', word] });
      const health = await test.json('/healthz');

      expect([page.status, one.status]).toEqual([200, 200]);
      expect(page.body).not.toMatch(/\[native code\]|\[object |undefined ago/u);
      expect(Object.entries(summary.statuses)).toEqual([[word, 1]]);
      expect(JSON.parse(one.body).instance).toMatchObject({ instanceId: word, status: word });
      expect(health.channels.map(({ channel }: { channel: string }) => channel)).toEqual([word]);
    },
  );

  it('never makes an answer fail, wherever it stands', async () => {
    const word = fc.constantFrom(...WORDS);
    const request = fc.record({
      path: fc.oneof(
        fc.constantFrom([], ['instances'], ['changes'], ['healthz']),
        fc.tuple(fc.constant('instances'), word),
        fc.array(word, { maxLength: 3 }),
      ),
      query: fc
        .array(fc.tuple(fc.oneof(fc.constantFrom(...PARAMETERS), word), word), { maxLength: 3 })
        .map((pairs) => new Map(pairs)),
      headers: fc.constantFrom(BROWSER, new Map<string, string>()),
      method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', '__proto__', ''),
    });
    const test = await viewOf(WORDS, 'constructor');

    await fc.assert(
      fc.asyncProperty(request, async (parts) => {
        const { status, body } = await test.ask('/', parts);

        expect(status).toBeLessThan(500);
        expect(body).not.toMatch(/\[native code\]|\[object |\p{Surrogate}/u);
      }),
      { seed: 18, numRuns: 500 },
    );
  });
});

/** A view of instances whose id, status and name are each of these words. */
async function viewOf(words: readonly string[], channel: string) {
  const test = testView();
  const { record, saveHealth } = recorder(test.journal, HANGZHOU);
  const named = (word: string, to: string) => ({ instanceId: word, to, name: word });
  await record(
    words.map((word) => ({ ...named(word, word), from: null })),
    BASELINE,
  );
  await record(words.map((word) => ({ ...named(word, word), from: word })));
  await test.journal.moveChannel(channel, undefined, { ...NEW_CHANNEL, version: 1 });
  await saveHealth();
  test.nowMs = Date.parse('2026-11-22T10:03:00Z');
  return test;
}
