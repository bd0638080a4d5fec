import { healthWithCredibleTimes } from '../../shared/core/credible-times.ts';
import { type Health, NEW_HEALTH } from '../../shared/core/health.ts';
import { NOW_MS } from '../helpers/examples.ts';

const AHEAD_MS = NOW_MS + 365 * 24 * 60 * 60 * 1000;
const GOOD: Health = {
  ...NEW_HEALTH,
  lastAttemptAtMs: NOW_MS - 60_000,
  lastGoodAtMs: NOW_MS - 60_000,
  lastGoodStartMs: NOW_MS - 61_000,
};

describe('the times of a health', () => {
  it('are kept as they are, and as the clock of another run may write them', () => {
    const other = { ...GOOD, lastAttemptAtMs: NOW_MS + 20_000 };

    expect(healthWithCredibleTimes(GOOD, NOW_MS)).toEqual({ health: GOOD, ignored: [] });
    expect(healthWithCredibleTimes(other, NOW_MS)).toEqual({ health: other, ignored: [] });
  });

  it('are ignored and named where they lie ahead: no change can have come after them', () => {
    const { health, ignored } = healthWithCredibleTimes(
      {
        ...GOOD,
        lastAttemptAtMs: AHEAD_MS,
        lastGoodAtMs: AHEAD_MS,
        lastGoodStartMs: AHEAD_MS,
        failingSinceMs: AHEAD_MS,
      },
      NOW_MS,
    );

    expect(health).toEqual({
      ...GOOD,
      lastAttemptAtMs: NOW_MS,
      lastGoodAtMs: null,
      lastGoodStartMs: null,
      failingSinceMs: NOW_MS,
    });
    expect(ignored).toHaveLength(4);
    expect(ignored[2]).toMatch(/^a scan from 20\d\d-.*Z$/u);
  });
});
