import { isLow, opensAtMs, type Quota } from '../../shared/core/quota.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MIDNIGHT_MS = Date.UTC(2026, 10, 22);
const NOON_MS = MIDNIGHT_MS + 12 * HOUR_MS;
const DAILY: Quota = { per: 'day', messages: 100 };
const MONTHLY: Quota = { per: 'month', messages: 100 };

function waitMs(
  messages: number,
  { quota = DAILY, nowMs = NOON_MS, lastMs = NOON_MS, isBad = false } = {},
): number {
  const used = { period: quota.per === 'day' ? '2026-11-22' : '2026-11', messages };
  return Math.max(0, opensAtMs(used, quota, { nowMs, lastMs, isBad }) - nowMs);
}

describe('a quota of messages', () => {
  it.each([
    ['little is used', 20, 0],
    ['as much is used as the time allows', 50, 0],
    ['more is used', 60, 3],
    ['only the reserve is left', 90, 12],
    ['nothing is left', 100, 12],
  ])('keeps good news to an even use of the day when %s', (_when, messages, hours) => {
    expect(waitMs(messages)).toBe(hours * HOUR_MS);
  });

  it.each([
    ['little is used', 20, 0],
    ['nine tenths are nearly used', 89, 0],
    ['only the reserve is left', 90, HOUR_MS],
    ['nothing is left', 100, HOUR_MS],
    ['more is used than there is', 250, HOUR_MS],
  ])('lets bad news wait an hour at most when %s', (_when, messages, ms) => {
    expect(waitMs(messages, { isBad: true })).toBe(ms);
    expect(waitMs(messages, { isBad: true, quota: MONTHLY })).toBe(ms);
  });

  it('lets bad news at the end of the reserve pass as often as the time allows', () => {
    const nowMs = MIDNIGHT_MS + DAY_MS - HOUR_MS;

    expect(waitMs(94, { isBad: true, nowMs, lastMs: nowMs })).toBe(HOUR_MS / 6);
  });

  it('keeps nothing back longer than its period', () => {
    const nowMs = MIDNIGHT_MS + DAY_MS - 60_000;

    expect(waitMs(100, { nowMs, lastMs: nowMs })).toBe(60_000);
    expect(waitMs(100, { nowMs: nowMs + 60_000, lastMs: nowMs })).toBe(0);
  });

  it('of a month is announced from 80 % on, and one of a day is not', () => {
    const used = { period: '2026-11', messages: 80 };

    expect(isLow(used, MONTHLY, NOON_MS)).toBe(true);
    expect(isLow({ ...used, messages: 79 }, MONTHLY, NOON_MS)).toBe(false);
    expect(isLow({ period: '2026-11-22', messages: 100 }, DAILY, NOON_MS)).toBe(false);
  });
});
