import { type FunctionSize, monthOf, type TickCost } from '../../bench/month.ts';
import { PRICES, UNKNOWN } from '../../bench/prices.ts';

const SIZE: FunctionSize = { cpu: 0.35, memorySize: 512, diskSize: 512 };
const QUIET: TickCost = { calls: 2, seconds: 1, read: 3, write: 2 };
const BUSY: TickCost = { calls: 5, seconds: 11, read: 13, write: 42 };

describe('a month of ticks', () => {
  it('has a tick a minute, of which a share is busy', () => {
    const { reads, writes } = monthOf(QUIET, BUSY, 0.1, SIZE);

    expect(reads).toBeCloseTo(43_200 * 4);
    expect(writes).toBeCloseTo(43_200 * 6);
  });

  it('costs the least amount of each hour, however short the ticks are', () => {
    const { functionUnits, released } = monthOf(QUIET, QUIET, 0, SIZE);

    // 60 invocations at 0.0075 and 60 seconds at 0.35 + 0.5 × 0.15 + 0.5 × 0.05: 27.45, rounded up.
    expect(functionUnits).toBe(720 * 28);
    expect(released).toBeCloseTo(7.2);
  });

  it('costs what it takes where that is more', () => {
    const { functionUnits, released } = monthOf(BUSY, BUSY, 0, SIZE);

    // 0.45 + 660 × 0.45 = 297.45
    expect(functionUnits).toBe(720 * 298);
    expect(released).toBeCloseTo(720 * 298 * 0.00011);
  });

  it('costs memory and disk of the minutes in which an instance waits for its next tick', () => {
    const { held } = monthOf(QUIET, QUIET, 0, SIZE);

    // 27.45 and 60 × 59 seconds at 0.1: 381.45
    expect(held).toBeCloseTo(720 * 382 * 0.00011);
  });
});

describe('the price list', () => {
  it('has a page and a date for each price', () => {
    for (const { source, date } of Object.values(PRICES)) {
      expect(source).toMatch(/^https:\/\/(?:help\.aliyun\.com|www\.alibabacloud\.com)\//u);
      expect(new Date(date).toISOString()).toContain(date);
    }
  });

  it('says what it does not know', () => {
    expect(UNKNOWN.join()).toContain('write units');
  });
});
