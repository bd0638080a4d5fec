import type { Scope } from '../../../shared/core/model.ts';
import type { FeedPositions } from '../../../shared/view/core/feed.ts';
import { encodePageToken } from '../../../shared/view/core/page-token.ts';
import {
  isInvalid,
  parseChangesQuery,
  parseHistoryQuery,
  parseInstancesQuery,
  parseNoParameters,
  parsePageQuery,
  positionsForToken,
} from '../../../shared/view/core/query.ts';
import { aScope } from '../../helpers/examples.ts';

const SCOPES: readonly Scope[] = [aScope('cn-hangzhou'), aScope('cn-shanghai')];

function query(parameters: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(parameters));
}

function problemsOf(question: object): readonly string[] {
  return isInvalid(question) ? question.problems : [];
}

it('names every problem of a question at once', () => {
  const question = parseInstancesQuery(
    query({ region: 'cn-hangzou', scope: 'x', limit: '0', cursor: 'no', stauts: 'Running' }),
    SCOPES,
  );

  expect(problemsOf(question)).toEqual([
    'scope is not watched: x (watched: main/cn-hangzhou, main/cn-shanghai)',
    'region is not watched: cn-hangzou (watched: cn-hangzhou, cn-shanghai)',
    'limit is not a whole number from 1 to 1000',
    'cursor is not a cursor of a former answer here',
    'unknown parameters: stauts (known: scope, region, id, status, zone, name, text, limit, cursor)',
  ]);
});

it.each(['0', '1001', '-1', '1.5', 'many', '1,2', '  x', '1e2'])(
  'does not take %s for a limit',
  (limit) => {
    expect(problemsOf(parseInstancesQuery(query({ limit }), SCOPES))).toHaveLength(1);
  },
);

it('takes 1 to 1000 for a limit, and 100 when nothing is said', () => {
  const limits = ['1', '1000', ''].map((limit) => parseHistoryQuery(query({ limit })));

  expect(limits).toEqual([1, 1000, 100].map((limit) => expect.objectContaining({ limit })));
});

it('reads lists with commas, blanks and in any case of statuses', () => {
  const question = parseInstancesQuery(
    query({ status: 'Running, STOPPED,', id: 'i-1,i-2' }),
    SCOPES,
  );

  expect(question).toMatchObject({
    filter: { statuses: new Set(['running', 'stopped']), ids: new Set(['i-1', 'i-2']) },
  });
});

it('takes empty values as not asked, as forms send them', () => {
  const question = parsePageQuery(query({ status: '', region: '', text: '' }), SCOPES);

  expect(question).toMatchObject({ filter: { statuses: new Set() }, given: new Map() });
});

it('knows of no parameters where there are none', () => {
  expect(problemsOf(parseNoParameters(query({ x: '1' })))).toEqual([
    'unknown parameters: x (none are)',
  ]);
  expect(parseNoParameters(query({}))).toEqual({});
});

it('repeats a strange parameter only as harmless text', () => {
  const [problem] = problemsOf(parseNoParameters(query({ [`\u202e\n${'x'.repeat(500)}`]: '1' })));

  expect(problem).toMatch(/^unknown parameters: x{63}… \(none are\)$/u);
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
    expect(parseChangesQuery(query({ since }), SCOPES)).toMatchObject({
      start: { kind: 'since-time', timeMs },
    });
  });

  it.each(['yesterday', '2026-11-22T10:05:01', '2026-13-40', '22.11.2026', 'WyJjaGFuZ2VzIl0'])(
    'refuses %s',
    (since) => {
      expect(problemsOf(parseChangesQuery(query({ since }), SCOPES))).toEqual([
        'since is not a cursor of a former answer here, or a time (ISO 8601, or ms since 1970)',
      ]);
    },
  );

  it('reads a cursor over all scopes', () => {
    const places: FeedPositions = new Map([
      ['main/cn-hangzhou', { seq: 3, items: 0 }],
      ['main/cn-shanghai', { seq: 1, items: 7 }],
    ]);

    const since = encodePageToken('changes', positionsForToken(places));

    expect(parseChangesQuery(query({ since }), SCOPES)).toMatchObject({
      start: { kind: 'since', places },
    });
  });

  it.each([
    [[['main/cn-hangzhou', 0, 0]]],
    [[['main/cn-hangzhou', 1.5, 0]]],
    [[['main/cn-hangzhou', 2 ** 53, 0]]],
    [[[1, 1, 0]]],
    [['main/cn-hangzhou']],
    [{}],
    [null],
  ])('refuses a cursor that was never given out: %j', (places) => {
    const since = encodePageToken('changes', places);

    expect(problemsOf(parseChangesQuery(query({ since }), SCOPES))).toHaveLength(1);
  });

  it('excludes before', () => {
    const before = encodePageToken('changes', []);

    expect(problemsOf(parseChangesQuery(query({ since: '5', before }), SCOPES))).toEqual([
      'since and before exclude each other',
    ]);
  });
});
