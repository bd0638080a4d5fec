import fc from 'fast-check';
import {
  conditionOf,
  HEALTH_LIMITS,
  type Health,
  healthAfter,
  isResting,
  missedSince,
  NEW_HEALTH,
  type ScanOutcome,
} from '../../shared/core/health.ts';
import type { Notice } from '../../shared/core/model.ts';
import { MINUTE_MS, NOW_MS } from '../helpers/examples.ts';

describe('the health of a scope', () => {
  it('remembers a complete scan', () => {
    const { health, notices } = healthAfter(NEW_HEALTH, aScan(0, null));

    expect(notices).toEqual([]);
    expect(health).toEqual({
      ...NEW_HEALTH,
      lastAttemptAtMs: NOW_MS + 900,
      lastGoodAtMs: NOW_MS + 900,
      lastGoodStartMs: NOW_MS,
      instances: 2,
      pages: 1,
      scanMs: 900,
      announced: false,
    });
  });

  it('remembers the last complete scan while scans fail', () => {
    const good = healthAfter(NEW_HEALTH, aScan(0, null)).health;

    const { health } = healthAfter(good, aScan(1, 'Forbidden.RAM: no'));

    expect(health).toEqual({
      ...good,
      lastAttemptAtMs: NOW_MS + MINUTE_MS + 900,
      failures: 1,
      failingSinceMs: NOW_MS + MINUTE_MS,
      periodMs: MINUTE_MS,
      announced: false,
      reason: 'Forbidden.RAM: no',
    });
  });

  it('keeps fields that a newer version has stored', () => {
    const newer = { ...NEW_HEALTH, later: 'a field' } as Health;

    expect(healthAfter(newer, aScan(0, null)).health).toMatchObject({ later: 'a field' });
    expect(healthAfter(newer, aScan(0, 'no')).health).toMatchObject({ later: 'a field' });
  });

  it('says with the third failure in a row that scans fail, since when and why', () => {
    const notices = live([null, 'one', 'two', 'three', 'four']);

    expect(notices).toEqual([
      [],
      [],
      [],
      [
        {
          kind: 'scans-failing',
          failures: 3,
          sinceMs: NOW_MS + MINUTE_MS,
          reason: 'three',
        },
      ],
      [],
    ]);
  });

  it('says that scans work again only if it said that they fail', () => {
    expect(live(['one', 'two', null]).flat()).toEqual([]);
    expect(live(['one', 'two', 'three', 'four', null]).at(-1)).toEqual([
      { kind: 'scans-recovered', failures: 4, sinceMs: NOW_MS },
    ]);
  });

  it('says so with the first failure where the last complete scan is too old by then', () => {
    const good = healthAfter(NEW_HEALTH, aScan(0, null)).health;

    const stale = healthAfter(good, aScan(6, 'Throttling: slow down'));
    const again = healthAfter(stale.health, aScan(7, 'Throttling: slow down'));
    const well = healthAfter(again.health, aScan(8, null));

    expect(stale.notices).toMatchObject([{ kind: 'scans-failing', failures: 1 }]);
    expect(again.notices).toEqual([]);
    expect(well.notices).toMatchObject([{ kind: 'scans-recovered', failures: 2 }]);
  });

  it('does not let a change behind a held release begin later than the last scan that showed all', () => {
    const hold = { missing: 2, scans: 1, sinceMs: NOW_MS + MINUTE_MS };
    const good = healthAfter(NEW_HEALTH, aScan(0, null)).health;

    const held = healthAfter(good, { ...aScan(1, null), hold }).health;
    const lifted = healthAfter(held, aScan(2, null)).health;

    expect(held).toMatchObject({ lastGoodStartMs: NOW_MS, lastGoodAtMs: NOW_MS + MINUTE_MS + 900 });
    expect(lifted.lastGoodStartMs).toBe(NOW_MS + 2 * MINUTE_MS);
  });

  it('says how long a scan of several ticks takes, but not where ECS failed meanwhile', () => {
    const good = healthAfter(NEW_HEALTH, aScan(0, null)).health;
    const round = { startMs: NOW_MS + MINUTE_MS, ...A_ROUND };
    const part = { ...aScan(1, null), expectedRoundMs: 2 * MINUTE_MS };
    const whole = { ...aScan(3, null), startMs: round.startMs };
    const begun = { ...healthAfter(good, part).health, round };
    const failed = { ...healthAfter(begun, aScan(2, 'Throttling.User: no')).health, round };

    expect(healthAfter(begun, whole).notices).toMatchObject([
      { kind: 'long-round', instances: 2, roundMs: 2 * MINUTE_MS + 900 },
    ]);
    expect(healthAfter(failed, whole).notices).toEqual([]);
  });

  it('is announced after as many failures as the configuration says', () => {
    const limits = { failures: 2, staleMs: HEALTH_LIMITS.staleMs };
    const one = healthAfter(NEW_HEALTH, aScan(0, 'one'), limits);
    const two = healthAfter(one.health, aScan(1, 'two'), limits);

    expect(one.notices).toEqual([]);
    expect(two.notices).toMatchObject([{ kind: 'scans-failing', failures: 2 }]);
  });

  it('goes on with failures that an older version has announced', () => {
    const { announced: _announced, ...older } = {
      ...NEW_HEALTH,
      failures: 3,
      failingSinceMs: NOW_MS,
    } as Health;

    expect(healthAfter(older, aScan(3, 'four')).notices).toEqual([]);
    expect(healthAfter(older, aScan(3, null)).notices).toMatchObject([{ kind: 'scans-recovered' }]);
  });

  it('knows since when ticks were missed, whatever the period of the timer', () => {
    const after = (minutes: readonly number[]) =>
      minutes.reduce(
        (health, minute) => healthAfter(health, aScan(minute, null)).health,
        NEW_HEALTH,
      );
    const endOf = (minute: number) => NOW_MS + minute * MINUTE_MS + 900;
    const missed = (minutes: readonly number[], minute: number) =>
      missedSince(after(minutes), endOf(minute));

    expect(missed([0, 1], 4)).toBe(null);
    expect(missed([0, 1], 5)).toBe(endOf(1));
    expect(missed([0, 360], 720)).toBe(null);
    // Two ticks at once do not make the period short.
    expect(missed([0, 5, 10, 10], 15)).toBe(null);
    // The first tick knows no period.
    expect(missed([0], 600)).toBe(null);
  });

  it('is healthy until three scans fail or the last good one is five minutes old', () => {
    const health = { failures: 2, lastGoodAtMs: NOW_MS };

    expect(conditionOf(undefined, NOW_MS)).toBe('new');
    expect(conditionOf({ failures: 2, lastGoodAtMs: null }, NOW_MS)).toBe('new');
    expect(conditionOf(health, NOW_MS + 5 * MINUTE_MS)).toBe('healthy');
    expect(conditionOf(health, NOW_MS + 5 * MINUTE_MS + 1)).toBe('stale');
    expect(conditionOf({ ...health, failures: 3 }, NOW_MS)).toBe('failing');
    expect(conditionOf(health, NOW_MS + 2, { failures: 2, staleMs: 1 })).toBe('failing');
  });

  it('says each of them once in every stretch of failures', () => {
    const outcomes = fc.array(fc.constantFrom(null, 'a failure'), { maxLength: 40 });
    fc.assert(
      fc.property(outcomes, (failures) => {
        const notices = live(failures);

        let inARow = 0;
        for (const [index, failure] of failures.entries()) {
          const before = inARow;
          inARow = failure === null ? 0 : inARow + 1;
          const isNewlyFailing = inARow === HEALTH_LIMITS.failures;
          const isNewlyWell = failure === null && before >= HEALTH_LIMITS.failures;
          expect(notices[index]?.map(({ kind }) => kind)).toEqual([
            ...(isNewlyFailing ? ['scans-failing'] : []),
            ...(isNewlyWell ? ['scans-recovered'] : []),
          ]);
        }
      }),
    );
  });
});

/** The notices of one scan after the other, a minute apart; null is a complete scan. */
function live(failures: readonly (string | null)[]): readonly (readonly Notice[])[] {
  let health: Health = NEW_HEALTH;
  return failures.map((failure, minute) => {
    const next = healthAfter(health, aScan(minute, failure));
    health = next.health;
    return next.notices;
  });
}

const A_ROUND = {
  lastPartAtMs: NOW_MS + MINUTE_MS,
  parts: 1,
  nextPage: 2,
  pages: 1,
  totalCount: 2,
  isSteady: true,
  seen: { bits: '', digest: '' },
  seenCount: 1,
};

function aScan(minute: number, failure: string | null): ScanOutcome {
  const startMs = NOW_MS + minute * MINUTE_MS;
  const scan = { instances: 2, pages: 1 };
  return { startMs, endMs: startMs + 900, failure, scan, hold: null, expectedRoundMs: null };
}

describe('a region that is empty and not named', () => {
  const empty = (minute: number, parts: Partial<ScanOutcome> = {}): ScanOutcome => ({
    ...aScan(minute, null),
    scan: { instances: 0, pages: 1 },
    mayRest: true,
    ...parts,
  });
  const healthOf = (...outcomes: readonly ScanOutcome[]): Health =>
    outcomes.reduce((health, outcome) => healthAfter(health, outcome).health, NEW_HEALTH);
  const at = (minute: number): number => NOW_MS + minute * MINUTE_MS;

  it('rests for five minutes, and the tick that is nearest to them looks', () => {
    const health = healthOf(empty(0));

    expect([1, 2, 3, 4].map((minute) => isResting(health, at(minute)))).toEqual(
      Array(4).fill(true),
    );
    expect(isResting(health, at(5) - 20_000)).toBe(false);
    expect(isResting(health, at(5))).toBe(false);
  });

  it('is not stale while it rests', () => {
    const health = healthOf(empty(0));

    expect(conditionOf(health, at(9))).toBe('healthy');
    expect(conditionOf(health, at(11))).toBe('stale');
  });

  it.each<[string, readonly ScanOutcome[]]>([
    ['holds an instance', [empty(0), { ...aScan(1, null), mayRest: true }]],
    ['is named', [empty(0, { mayRest: false })]],
    ['was named meanwhile', [empty(0), empty(1, { mayRest: false })]],
    [
      'has lost all at once, which is held',
      [empty(0, { hold: { missing: 9, scans: 1, sinceMs: 1 } })],
    ],
    ['could not be read', [empty(0), empty(1, { failure: 'Forbidden.RAM: no' })]],
  ])('is looked at by every tick when it %s', (_what, outcomes) => {
    expect(isResting(healthOf(...outcomes), at(2))).toBe(false);
  });

  it('is looked at when the clock was set back', () => {
    expect(isResting(healthOf(empty(0)), at(-1))).toBe(false);
  });
});
