import { localClock } from '../../web/core/clock.ts';

const NOW_MS = Date.parse('2026-11-22T19:05:07Z');
const HOUR_MS = 60 * 60 * 1000;

describe("the reader's clock", () => {
  const clock = localClock('Asia/Shanghai');

  it('gives a time of today by the second, and any other one with its date', () => {
    expect(clock.time(NOW_MS, NOW_MS)).toBe('03:05:07');
    // Three hours ago it was the day before, for this reader.
    expect(clock.time(NOW_MS - 4 * HOUR_MS, NOW_MS)).toBe('2026-11-22 23:05');
  });

  it('has UTC beside it, and names its zone', () => {
    expect(clock.utc(NOW_MS)).toBe('2026-11-22 19:05:07 UTC');
    expect(clock.zone(NOW_MS)).toBe('Asia/Shanghai, UTC+8');
    expect(localClock('UTC').zone(NOW_MS)).toBe('UTC');
  });
});
