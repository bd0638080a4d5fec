import fc from 'fast-check';
import { NEW_HEALTH } from '../../../shared/core/health.ts';
import type { Scope } from '../../../shared/core/model.ts';
import type { Target } from '../../../shared/core/target.ts';
import { passedHead } from '../../../shared/watch/core/passed-head.ts';
import { NOT_SCANNED } from '../../../shared/watch/core/scope-report.ts';
import { acceptOrder, orderText } from '../../../shared/watch/core/shard-order.ts';
import {
  accountsOf,
  SHARD_REPORT,
  type ShardReport,
  type ShardScope,
  shardResult,
} from '../../../shared/watch/core/shard-report.ts';
import {
  firstPlace,
  isFailureDue,
  SHARDS_AT_ONCE,
  shardsOf,
} from '../../../shared/watch/core/shards.ts';
import { aScope, MINUTE_MS, NOW_MS } from '../../helpers/examples.ts';

const scopesNamed = (names: readonly string[]): readonly Scope[] => names.map(aScope);
const keysIn = (shards: readonly (readonly Scope[])[]) =>
  shards.map((shard) => shard.map(({ key }) => key));

describe('scopes in shards', () => {
  it('are all of them, each once, however they are ordered, and never too many', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/u), { maxLength: 60 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 12 }), (regions, size) => {
        const shards = shardsOf(scopesNamed(regions), size);
        const turned = shardsOf(scopesNamed(regions.toReversed()), size);

        expect(
          shards
            .flat()
            .map(({ regionId }) => regionId)
            .sort(),
        ).toEqual(regions.toSorted());
        expect(shards.every(({ length }) => length > 0 && length <= size)).toBe(true);
        // None could take in the next one.
        expect(shards.length).toBe(Math.ceil(regions.length / size));
        expect(keysIn(turned)).toEqual(keysIn(shards));
      }),
    );
  });

  it('stay together for the most part when one more comes', () => {
    const regions = Array.from({ length: 300 }, (_, index) => `region-${index}`);
    const before = keysIn(shardsOf(scopesNamed(regions)));
    const after = keysIn(shardsOf(scopesNamed([...regions, 'one-more'])));

    const stayed = after.map((keys, place) => keys.filter((key) => before[place]?.includes(key)));
    expect(stayed.flat().length).toBeGreaterThan(260);
  });

  it('stay in one shard where they share a call budget', () => {
    const zones = Array.from({ length: 12 }, (_, index) => ({
      ...aScope('cn-hangzhou'),
      key: `main/cn-hangzhou/zone-${index}`,
    }));

    const shards = shardsOf([aScope('cn-beijing'), ...zones, aScope('cn-shanghai')]);

    const holding = shards.filter((shard) =>
      shard.some(({ regionId }) => regionId === 'cn-hangzhou'),
    );
    expect(holding).toHaveLength(1);
  });
});

describe('the first shard of a run', () => {
  it.each([1, 5, 13, 60, 1440])(
    'moves on: with a run every %i minutes, each is among those invoked at once in as many runs as there are',
    (minutes) => {
      for (const count of [1, 7, 30, 100, 1_000]) {
        const runs = Array.from({ length: 3 * count }, (_, run) =>
          firstPlace(NOW_MS + run * minutes * MINUTE_MS, count),
        );
        for (let place = 0; place < count; place += 1) {
          const isAtOnce = (first: number) => (place - first + count) % count < SHARDS_AT_ONCE;
          const turns = runs.flatMap((first, run) => (isAtOnce(first) ? [run] : []));
          const waits = [...turns, runs.length].map((run, index) => run - (turns[index - 1] ?? 0));

          expect(Math.max(...waits)).toBeLessThanOrEqual(count);
        }
      }
    },
  );
});

const TARGETS: readonly Target[] = [
  { account: 'main', regions: ['cn-hangzhou'], filterKey: [] },
  { account: 'data', regions: 'all', deny: ['us-*'], filterKey: ['ids-1'], instanceIds: ['i-1'] },
];
const ORDER = {
  environment: 'ecs-watch',
  scopes: ['main/cn-hangzhou'],
  heads: {},
  reportInMs: 28_000,
  endInMs: 47_000,
};

describe('an order', () => {
  it('brings scopes as the configuration has them', () => {
    const text = orderText({ ...ORDER, scopes: ['data/cn-beijing/ids-1', 'main/cn-hangzhou'] });

    const { scopes, heads: _, ...times } = acceptOrder(text, 'ecs-watch', TARGETS);

    expect(scopes).toEqual([
      {
        key: 'data/cn-beijing/ids-1',
        account: 'data',
        regionId: 'cn-beijing',
        isDiscovered: true,
        instanceIds: ['i-1'],
      },
      aScope('cn-hangzhou'),
    ]);
    expect(times).toEqual({ environment: 'ecs-watch', reportInMs: 28_000, endInMs: 47_000 });
  });

  it.each([
    ['a timer event', '{"triggerName":"every-minute"}', 'no order of the watch function'],
    ['no JSON', 'hello', 'no order of the watch function'],
    ['null', 'null', 'no order of the watch function'],
    ['another version', JSON.stringify({ ...ORDER, shard: 2 }), 'version 2'],
    ['another environment', orderText({ ...ORDER, environment: 'test' }), '"test"'],
    ['no scope', orderText({ ...ORDER, scopes: [] }), 'names no scopes'],
    ['a strange scope', orderText({ ...ORDER, scopes: ['main/cn-beijing'] }), '"main/cn-beijing"'],
    ['a strange account', orderText({ ...ORDER, scopes: ['x/cn-hangzhou'] }), '"x/cn-hangzhou"'],
    ['a denied region', orderText({ ...ORDER, scopes: ['data/us-east-1/ids-1'] }), 'us-east-1'],
    [
      'a region that would name another host',
      orderText({ ...ORDER, scopes: ['data/evil.com?/ids-1'] }),
      'data/evil.com?/ids-1',
    ],
    [
      'a version too deep to be quoted',
      `{"shard":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'version that is nested too deep',
    ],
    ['another filter', orderText({ ...ORDER, scopes: ['data/cn-beijing'] }), '"data/cn-beijing"'],
    ['a scope that is no text', JSON.stringify({ ...ORDER, shard: 1, scopes: [1] }), 'scope 1,'],
    ['no time', orderText({ ...ORDER, endInMs: 0 }), 'endInMs 0'],
    ['a time without end', orderText({ ...ORDER, reportInMs: 1e12 }), 'reportInMs 1000000000000'],
  ])('that is %s is refused by name', (_, text, words) => {
    expect(() => acceptOrder(text, 'ecs-watch', TARGETS)).toThrow(
      expect.objectContaining({ name: 'OrderError', message: expect.stringContaining(words) }),
    );
  });
});

function reported(scope: string, parts: Partial<ShardScope> = {}): ShardScope {
  const report = { scope, ok: true, healthy: true, ...NOT_SCANNED };
  return { report, lastSeq: 3, starts: { chat: 1 }, condition: 'healthy', ...parts };
}

function aReport(scopes: readonly ShardScope[], parts: Partial<ShardReport> = {}): ShardReport {
  return {
    shard: SHARD_REPORT,
    scopes,
    heads: {},
    accounts: {},
    units: { read: 1, write: 2 },
    notes: [],
    ...parts,
  };
}

describe('the head rows that shards pass on', () => {
  const uncounted = { calls: 3, throttles: 1 };
  const head = {
    checkpoint: null,
    health: NEW_HEALTH,
    starts: { chat: 1 },
    uncounted,
    savedBy: 'tick-1',
  };

  it('come with an order as they were sent, but for those of another form', () => {
    const strange = [
      null,
      'head',
      { ...head, health: {} },
      { ...head, health: { ...NEW_HEALTH, hold: undefined } },
      { ...head, health: { ...NEW_HEALTH, failures: '1' } },
      { ...head, health: { ...NEW_HEALTH, seq: -1 } },
      { ...head, health: { ...NEW_HEALTH, seq: 1.5 } },
      { ...head, starts: null },
      { ...head, starts: { chat: -1 } },
      { ...head, starts: { chat: '1' } },
      { ...head, checkpoint: 3 },
      { ...head, checkpoint: { seq: 3, parts: 1 } },
      { ...head, uncounted: { ...uncounted, calls: 'many' } },
      { ...head, savedBy: 1 },
    ];
    const heads = { 'main/cn-hangzhou': head, ...Object.fromEntries(strange.entries()) };
    const text = orderText({ ...ORDER, heads: heads as never });

    const order = acceptOrder(text, 'ecs-watch', TARGETS);

    expect(order.heads).toEqual(new Map([['main/cn-hangzhou', head]]));
  });

  it('are no longer than a row that is quickly read', () => {
    const failing = (reason: string) => ({ ...head, health: { ...NEW_HEALTH, reason } });
    const long = [failing('x'.repeat(4_096)), failing('超'.repeat(1_366))];

    expect([head, ...long].map(passedHead)).toEqual([head, undefined, undefined]);
  });
});

describe('what became of a shard', () => {
  const shard = [aScope('a'), aScope('b')];
  const answered = (report: unknown) =>
    shardResult(shard, { kind: 'answered', body: JSON.stringify(report) });

  it('is in its report', () => {
    const report = aReport([reported('main/a'), reported('main/b')]);

    const result = answered(report);

    expect(result.reported.map(({ scope, lastSeq }) => [scope.key, lastSeq])).toEqual([
      ['main/a', 3],
      ['main/b', 3],
    ]);
    expect(result).toMatchObject({ unreported: [], report });
  });

  it('is not known of a scope that the report leaves out, nor of one that was not asked for', () => {
    const head = { checkpoint: null, health: NEW_HEALTH, starts: {} };
    const heads = { 'main/a': head, 'main/c': head };

    const result = answered(aReport([reported('main/a'), reported('main/c')], { heads }));

    expect(result.reported.map(({ scope }) => scope.key)).toEqual(['main/a']);
    expect([...result.heads.keys()]).toEqual(['main/a']);
    expect(result.unreported).toMatchObject([{ scope: { key: 'main/b' }, mayHaveRun: true }]);
  });

  it('is about the scope that was asked for, whatever else the report calls itself', () => {
    const strange = { ...reported('main/a'), kind: 'recorded', scope: aScope('b') };

    expect(answered(aReport([strange])).reported).toMatchObject([
      { kind: 'reported', scope: { key: 'main/a' } },
    ]);
  });

  it.each([
    ['is of another version', { ...aReport([]), shard: 2 }],
    ['has no scopes', { ...aReport([]), scopes: null }],
    [
      'has a scope without its end',
      aReport([{ ...reported('main/a'), lastSeq: undefined } as never]),
    ],
    [
      'has starts that are no numbers',
      aReport([reported('main/a', { starts: { chat: '1' } as never })]),
    ],
    ['ends before its beginning', aReport([reported('main/a', { lastSeq: -5 })])],
    ['ends between two commits', aReport([reported('main/a', { lastSeq: 1.5 })])],
    ['lets a channel begin before it', aReport([reported('main/a', { starts: { chat: -1 } })])],
    ['has a condition without words', aReport([reported('main/a', { condition: 1 as never })])],
    ['has lost the condition', aReport([reported('main/a', { condition: undefined as never })])],
    ['was missed at no time', aReport([reported('main/a', { missedSinceMs: 'x' as never })])],
    ['has an account without a reason', aReport([], { accounts: { main: {} as never } })],
    ['has notes that are no texts', aReport([], { notes: [{}] as never })],
    ['is a text', 'fine'],
  ])('is not known if the report %s', (_, report) => {
    expect(answered(report)).toMatchObject({
      reported: [],
      unreported: [{ mayHaveRun: true }, { mayHaveRun: true }],
    });
  });

  it.each([
    ['had no room', { kind: 'unstarted', reason: 'full', isBusy: true }, false],
    ['refused its order', { kind: 'failed', reason: 'no', type: 'OrderError' }, false],
    ['has wrong settings', { kind: 'failed', reason: 'no', type: 'ConfigError' }, false],
    ['threw', { kind: 'failed', reason: 'oops', type: 'TypeError' }, true],
    ['was killed', { kind: 'failed', reason: 'Process exited unexpectedly' }, true],
    ['does not answer', { kind: 'unknown', reason: 'no answer within 28 s' }, true],
  ] as const)('may have done something, or not, when it %s', (_, invocation, mayHaveRun) => {
    expect(shardResult(shard, invocation).unreported).toMatchObject([
      { mayHaveRun },
      { mayHaveRun },
    ]);
  });
});

it.each([
  ['a shard that never started', false, 4, true],
  ['a shard that never started, after one of the run before has ended well', false, 0, false],
  ['a slow shard of a healthy scope', true, 4, false],
  ['a slow shard of a stale scope', true, 6, true],
  ['a slow shard of a scope without a good scan so far', true, null, true],
])('a failed scan is written after %s: %s %s %s', (_, mayHaveRun, ageMinutes, isDue) => {
  const lastGoodAtMs = ageMinutes === null ? null : NOW_MS - ageMinutes * MINUTE_MS;
  const health = { ...NEW_HEALTH, lastGoodAtMs };
  const times = { startMs: NOW_MS - MINUTE_MS, nowMs: NOW_MS };

  expect(isFailureDue({ mayHaveRun }, health, times)).toBe(isDue);
});

it.each([
  ['is not written again in the same run', NOW_MS - 1_000, false],
  ['is followed by the next one of a run whose shard says nothing', NOW_MS - 2 * MINUTE_MS, true],
  ['silences no run where its clock was ahead', NOW_MS + 60 * MINUTE_MS, true],
])('a failed scan that a slow shard has written itself %s', (_, lastAttemptAtMs, isDue) => {
  const health = { ...NEW_HEALTH, lastAttemptAtMs, failures: 1 };
  const times = { startMs: NOW_MS - MINUTE_MS, nowMs: NOW_MS };

  expect(isFailureDue({ mayHaveRun: true }, health, times)).toBe(isDue);
});

it('an account that let one shard in can be entered, in whatever order they report', () => {
  const refused = { kind: 'refused', code: 'NoPermission', message: 'no' };
  const reports = [
    aReport([], { accounts: { open: refused, shut: refused } }),
    aReport([], { accounts: { open: null } }),
  ];

  for (const order of [reports, reports.toReversed()]) {
    expect(accountsOf(order)).toEqual(
      new Map([
        ['open', null],
        ['shut', refused],
      ]),
    );
  }
});
