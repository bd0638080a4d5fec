import fc from 'fast-check';
import { checkpointIsDue, EMPTY_TAIL } from '../../shared/core/journal.ts';
import { isKeepingDue } from '../../shared/core/kept.ts';
import { MINUTE_MS, NOW_MS } from '../helpers/examples.ts';
import { propertyRuns } from '../helpers/rounds.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;
const MIDNIGHT_MS = Math.floor(NOW_MS / DAY_MS) * DAY_MS;

describe('a checkpoint', () => {
  const last = { seq: 7, atMs: MIDNIGHT_MS - 1 };

  it.each([
    ['is kept where none is', undefined, 1, MIDNIGHT_MS, true],
    ['is kept once in a UTC day', { seq: 7, atMs: MIDNIGHT_MS }, 9, MIDNIGHT_MS + 1, false],
    ['is kept as soon as the next day begins', last, 9, MIDNIGHT_MS, true],
    ['is not kept twice at one commit', last, 7, MIDNIGHT_MS, false],
    ['is kept where a wrong clock has kept the last', { seq: 7, atMs: 4e12 }, 9, MIDNIGHT_MS, true],
  ])('%s', (_what, kept, seq, nowMs, isDue) => {
    expect(isKeepingDue(kept, seq, nowMs)).toBe(isDue);
  });

  it('is kept so often that a day of commits and one checkpoint lie between two at most', () => {
    const gaps = fc.oneof(
      fc.nat({ max: 5 }),
      fc.nat({ max: 90 }),
      fc.nat({ max: 2_000 }),
      fc.nat({ max: 9_000 }),
    );
    let days = 0;
    fc.assert(
      fc.property(fc.array(gaps, { minLength: 300, maxLength: 900 }), (minutes) => {
        const perDay = new Map<number, number>();
        let nowMs = NOW_MS;
        let tail = EMPTY_TAIL;
        let kept = { seq: 0, atMs: 0 };
        minutes.forEach((gap, index) => {
          nowMs += gap * MINUTE_MS;
          const seq = index + 1;
          const day = Math.floor(nowMs / DAY_MS);
          perDay.set(day, (perDay.get(day) ?? 0) + 1);
          tail = {
            commits: tail.commits + 1,
            changes: tail.changes + 1,
            oldestAtMs: tail.oldestAtMs ?? nowMs,
          };
          expect(seq - kept.seq).toBeLessThanOrEqual(Math.max(...perDay.values()) + 64);
          if (!checkpointIsDue(tail, nowMs)) return;
          tail = EMPTY_TAIL;
          if (isKeepingDue(kept, seq, nowMs)) kept = { seq, atMs: nowMs };
        });
        days += perDay.size;
      }),
      { numRuns: propertyRuns(50) },
    );
    expect(days).toBeGreaterThan(propertyRuns(1_000));
  });
});
