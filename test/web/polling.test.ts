import { pollDelayMs } from '../../web/core/polling.ts';

const CALM = { isVisible: true, failures: 0, jitter: 0.5 };

describe('when the page asks again', () => {
  it('asks often while it is seen, and seldom while it is not', () => {
    expect(pollDelayMs(CALM)).toBe(5_000);
    expect(pollDelayMs({ ...CALM, isVisible: false })).toBe(60_000);
  });

  it('waits longer after each failure, but never more than a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 50, 2_000].map((failures) => {
      return pollDelayMs({ ...CALM, failures, jitter: 1 });
    });

    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
  });

  it('does not come back at the same moment as other pages', () => {
    const waits = [0, 0.25, 1].map((jitter) => pollDelayMs({ ...CALM, failures: 3, jitter }));

    expect(new Set(waits).size).toBe(3);
  });
});
