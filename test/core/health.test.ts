import fc from 'fast-check';
import {
  FAILURES_BEFORE_NOTICE,
  type Health,
  healthAfter,
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

  it('says each of them once in every stretch of failures', () => {
    const outcomes = fc.array(fc.constantFrom(null, 'a failure'), { maxLength: 40 });
    fc.assert(
      fc.property(outcomes, (failures) => {
        const notices = live(failures);

        let inARow = 0;
        for (const [index, failure] of failures.entries()) {
          const before = inARow;
          inARow = failure === null ? 0 : inARow + 1;
          const isNewlyFailing = inARow === FAILURES_BEFORE_NOTICE;
          const isNewlyWell = failure === null && before >= FAILURES_BEFORE_NOTICE;
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

function aScan(minute: number, failure: string | null): ScanOutcome {
  const startMs = NOW_MS + minute * MINUTE_MS;
  const statuses = new Map([
    ['i-1', 'Running'],
    ['i-2', 'Stopped'],
  ]);
  return { startMs, endMs: startMs + 900, failure, scan: { statuses, pages: 1 }, hold: null };
}
