import fc from 'fast-check';
import { NEW_HEALTH } from '../../shared/core/health.ts';
import type { Commit } from '../../shared/core/model.ts';
import { LINKS } from '../../shared/view/routes/index.ts';
import { historyOf } from '../helpers/histories.ts';
import { roundsOf } from '../helpers/rounds.ts';
import { HANGZHOU, SHANGHAI, type TestView, testView } from './helpers.ts';

/** `npm run soak` plays twenty thousand. */
const ROUNDS = roundsOf('QUERY_ROUNDS', 1_000);

/** A small journal that has all kinds of changes, and an instance with a hostile name. */
async function smallView(): Promise<TestView> {
  const test = testView([HANGZHOU, SHANGHAI]);
  const statuses = (...list: readonly string[]) =>
    new Map(list.map((status, index) => [`i-${index}`, status] as const));
  const details = [{ name: '</script>"\u202e\ud800', tags: { __proto__: 'x', env: 'prod' } }];
  const { commits } = historyOf([
    { statuses: statuses('Running', 'Stopped', 'constructor'), details, hasNotice: false },
    { statuses: statuses('Stopped', 'Running'), details, hasNotice: true },
    { statuses: statuses('Running', 'Running', 'Running'), details, hasNotice: false },
  ]);
  const empty = historyOf([{ statuses: new Map(), details, hasNotice: false }]);
  for (const commit of [...commits, ...empty.commits.map(ofShanghai)])
    await test.journal.append(commit);
  const lastGoodAtMs = commits.at(-1)?.atMs ?? 0;
  for (const scope of [HANGZHOU, SHANGHAI])
    await test.journal.saveHealth(scope, { ...NEW_HEALTH, lastGoodAtMs });
  test.nowMs = lastGoodAtMs + 60_000;
  return test;
}

function ofShanghai(commit: Commit): Commit {
  return { ...commit, scope: SHANGHAI.key };
}

/** Those that are read: a note is written. */
const { note: _, ...READ } = LINKS;
const ADDRESSES = Object.values(READ).map((path) => path.replace('{id}', 'i-0'));

/** Every parameter that an address takes, as its own refusal lists them. */
async function parametersOf(test: TestView, address: string): Promise<readonly string[]> {
  const answer = await test.ask(`${address}?no-such-parameter=1`);
  const { known = '' } = /\(known: (?<known>[^)]*)\)/u.exec(answer.body)?.groups ?? {};
  return known.split(', ').filter((name) => name !== '');
}

/** Tokens and values that some address gives out or takes, for all others. */
async function wordsOf(test: TestView): Promise<readonly string[]> {
  const cursors = await Promise.all(
    [
      '/instances?limit=1',
      '/changes?since=0&limit=1',
      '/changes?limit=1',
      '/instances/i-0?limit=1',
    ].map(async (address) => {
      const { nextCursor = '', olderCursor = '' } = JSON.parse((await test.ask(address)).body);
      return [nextCursor, olderCursor];
    }),
  );
  const plain = [
    'Running',
    'i-0',
    'cn-hangzhou',
    'main/cn-hangzhou',
    'main',
    'env=prod',
    'csv',
    '1h',
  ];
  const times = [
    '0',
    '2026-11-22',
    String(test.nowMs),
    String(test.nowMs - 90_000),
    '9'.repeat(15),
  ];
  return [...cursors.flat(), ...plain, ...times];
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '!',
    '*',
    '!*',
    ',',
    '=',
    '-',
    '\0',
    '\ud800',
    '%',
    '\u202e',
  ),
  fc.constantFrom('0', '-1', '1e999', 'NaN', 'Infinity', '1'.repeat(400), '*'.repeat(400)),
  fc.base64String({ maxLength: 80 }),
);

describe('a query of any kind', () => {
  it('is answered or refused in words, and is never a failure', async () => {
    const test = await smallView();
    const words = fc.constantFrom(...(await wordsOf(test)));
    const known = new Map<string, readonly string[]>();
    for (const address of ADDRESSES) known.set(address, await parametersOf(test, address));
    const request = fc.constantFrom(...ADDRESSES).chain((address) =>
      fc.record({
        address: fc.constant(address),
        query: fc.dictionary(
          fc.constantFrom(...(known.get(address) ?? []), 'x'),
          fc.oneof(
            { weight: 3, arbitrary: words },
            { weight: 2, arbitrary: hostile },
            fc.array(fc.oneof(words, hostile), { maxLength: 5 }).map((list) => list.join(',')),
          ),
          { maxKeys: 4 },
        ),
        accept: fc.oneof(
          fc.constantFrom('', 'text/csv', 'application/x-ndjson', 'text/html'),
          hostile,
        ),
      }),
    );
    const answered = new Map<number, number>();

    await fc.assert(
      fc.asyncProperty(request, async ({ address, query, accept }) => {
        const { status, body, problem } = await test.ask(address, {
          query: new Map(Object.entries(query)),
          headers: new Map([['accept', accept]]),
        });

        expect(problem).toBeUndefined();
        expect([200, 304, 400, 404, 406, 410]).toContain(status);
        expect(body).not.toMatch(/\n {4}at |node:internal/u);
        if (status >= 400) expect(JSON.parse(body).detail).not.toBe('');
        answered.set(status, (answered.get(status) ?? 0) + 1);
      }),
      { numRuns: ROUNDS },
    );
    // A fuzzer whose queries are all refused at once would find nothing.
    expect(answered.get(200)).toBeGreaterThan(ROUNDS / 10);
    expect(answered.get(400)).toBeGreaterThan(ROUNDS / 10);
  }, 600_000);
});
