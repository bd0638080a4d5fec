import type { Scope } from '../../../shared/core/model.ts';
import type { FeedPositions } from '../../../shared/view/core/feed.ts';
import { ANY } from '../../../shared/view/core/filter.ts';
import { changesToken } from '../../../shared/view/core/page-token.ts';
import { isInvalid, parseNoParameters } from '../../../shared/view/core/parameters.ts';
import { parseChangesQuery } from '../../../shared/view/core/queries/changes.ts';
import { parseHistoryQuery } from '../../../shared/view/core/queries/history.ts';
import { parseInstancesQuery } from '../../../shared/view/core/queries/instances.ts';
import { parsePageQuery } from '../../../shared/view/core/queries/page.ts';
import { aScope, NOW_MS } from '../../helpers/examples.ts';

const SCOPES: readonly Scope[] = [aScope('cn-hangzhou'), aScope('cn-shanghai')];

function parametersOf(record: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(record));
}

function parseInstances(
  record: Readonly<Record<string, string>>,
  headers = new Map<string, string>(),
) {
  return parseInstancesQuery({ query: parametersOf(record), headers }, SCOPES, NOW_MS);
}

function parseChanges(record: Readonly<Record<string, string>>, scopes = SCOPES) {
  return parseChangesQuery({ query: parametersOf(record), headers: new Map() }, scopes);
}

function problemsOf(parsed: object): readonly string[] {
  return isInvalid(parsed) ? parsed.problems : [];
}

it('names every problem of a query at once', () => {
  const query = parseInstances({
    region: 'cn-hangzou',
    scope: 'x',
    account: 'y',
    limit: '0',
    cursor: 'no',
    stauts: 'Running',
  });

  expect(problemsOf(query)).toEqual([
    'scope is not watched: x (watched: main/cn-hangzhou, main/cn-shanghai)',
    'account is not watched: y (watched: main)',
    'region is not watched: cn-hangzou (watched: cn-hangzhou, cn-shanghai)',
    'cursor is not a cursor from an earlier answer of this address',
    'limit is not a whole number from 1 to 1000',
    'unknown parameters: stauts (known: scope, account, region, status, stoppedFor, id, name, zone, type, resourceGroup, tag, text, cursor, at, sort, format, fields, limit)',
  ]);
});

it.each(['0', '1001', '-1', '1.5', 'many', '1,2', '  x', '1e2'])(
  'does not take %s for a limit',
  (limit) => {
    expect(problemsOf(parseInstances({ limit }))).toHaveLength(1);
  },
);

it('takes 1 to 1000 for a limit, and 100 when none is given', () => {
  const limits = ['1', '1000', ''].map((limit) =>
    parseHistoryQuery(parametersOf({ limit }), SCOPES),
  );

  expect(limits).toEqual([1, 1000, 100].map((limit) => expect.objectContaining({ limit })));
});

it('reads lists with commas and blanks, and statuses in any case', () => {
  const query = parseInstances({ status: 'Running, STOPPED,', id: 'i-1,i-2' });

  expect(query).toMatchObject({
    filter: {
      statuses: { any: { exact: new Set(['running', 'stopped']) } },
      ids: { any: { exact: new Set(['i-1', 'i-2']) } },
    },
  });
});

it('ignores empty values, which forms send for empty fields', () => {
  const query = parsePageQuery(parametersOf({ status: '', region: '', text: '' }), SCOPES);

  expect(query).toMatchObject({ filter: { statuses: ANY }, given: new Map() });
});

it('refuses every parameter where an address takes none', () => {
  expect(problemsOf(parseNoParameters(parametersOf({ x: '1' })))).toEqual([
    'unknown parameters: x (this address takes none)',
  ]);
  expect(parseNoParameters(parametersOf({}))).toEqual({});
});

it('repeats an unknown parameter only as harmless text', () => {
  const [problem] = problemsOf(
    parseNoParameters(parametersOf({ [`\u202e\n${'x'.repeat(500)}`]: '1' })),
  );

  expect(problem).toMatch(/^unknown parameters: x{63}… \(this address takes none\)$/u);
});

describe('since', () => {
  it.each([
    ['1763805600000', 1_763_805_600_000],
    ['2026-11-22', Date.UTC(2026, 10, 22)],
    ['2026-11-22T10:05Z', Date.UTC(2026, 10, 22, 10, 5)],
    ['2026-11-22T10:05:01.120Z', Date.UTC(2026, 10, 22, 10, 5, 1, 120)],
    ['2026-11-22T18:05:01+08:00', Date.UTC(2026, 10, 22, 10, 5, 1)],
    ['2026-11-22T18:05:01 08:00', Date.UTC(2026, 10, 22, 10, 5, 1)],
  ])('reads the time %s', (since, timeMs) => {
    expect(parseChanges({ since })).toMatchObject({
      start: { kind: 'since-time', timeMs },
    });
  });

  it.each(['yesterday', '2026-11-22T10:05:01', '2026-13-40', '22.11.2026', 'WyJjaGFuZ2VzIl0'])(
    'refuses %s',
    (since) => {
      expect(problemsOf(parseChanges({ since }))).toEqual([
        'since is not a cursor from an earlier answer of this address, ' +
          'or a time (ISO 8601, or ms since 1970)',
      ]);
    },
  );

  it('reads a cursor over all scopes', () => {
    const positions: FeedPositions = new Map([
      ['main/cn-hangzhou', { seq: 3, items: 0 }],
      ['main/cn-shanghai', { seq: 1, items: 7 }],
    ]);

    const since = changesToken.encode({ positions });

    expect(parseChanges({ since })).toMatchObject({
      start: { kind: 'since', positions },
    });
  });

  it('cannot be combined with before', () => {
    const before = changesToken.encode({ positions: new Map() });

    expect(problemsOf(parseChanges({ since: '5', before }))).toEqual([
      'since and before cannot be combined',
    ]);
  });
});

describe('what makes a request expensive', () => {
  const numbered = (count: number, form: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => form(index)).join();

  it('is refused above its limit, with the limit', () => {
    expect(problemsOf(parseInstances({ id: numbered(201, (index) => `i-${index}`) }))).toEqual([
      'id has more than 200 values',
    ]);
    expect(problemsOf(parseInstances({ tag: numbered(21, (index) => `!k${index}`) }))).toEqual([
      'tag has more than 20 keys',
    ]);
    expect(problemsOf(parseInstances({ name: '*a'.repeat(30), type: '*b'.repeat(11) }))).toEqual([
      'the parameters have more than 40 * in all',
    ]);
  });

  it('is allowed up to its limit, and several * in a row are one', () => {
    const allowed = [
      { id: numbered(200, (index) => `i-${index}`) },
      { tag: numbered(20, (index) => `!k${index}`) },
      { name: numbered(20, (index) => `*a${index}*`) },
      { name: `w${'*'.repeat(3_000)}b` },
    ];

    expect(allowed.map((record) => problemsOf(parseInstances(record)))).toEqual([[], [], [], []]);
  });

  it('is taken apart once, not for every instance', () => {
    const query = parseInstances({ name: `a${'*'.repeat(3_000)}b` });

    expect(query).toMatchObject({
      filter: { names: { any: { globs: [{ start: 'a', parts: [], end: 'b' }] } } },
    });
  });
});
