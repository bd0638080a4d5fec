import { clockIn } from '../../shared/core/clock.ts';
import { MINUTE_MS, NOW_MS } from '../helpers/examples.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;

describe('a clock', () => {
  it('gives times of today without a date, in its zone', () => {
    expect(clockIn('UTC', NOW_MS).time(NOW_MS)).toBe('10:05 UTC');
    expect(clockIn('Asia/Shanghai', NOW_MS).time(NOW_MS)).toBe('18:05 UTC+8');
    expect(clockIn('Asia/Kolkata', NOW_MS).time(NOW_MS)).toBe('15:35 UTC+5:30');
    expect(clockIn('America/New_York', NOW_MS).time(NOW_MS)).toBe('05:05 UTC-5');
  });

  it('gives times of another day with their date, where the day is that of the zone', () => {
    const clock = clockIn('Asia/Shanghai', NOW_MS);

    expect(clock.time(NOW_MS - DAY_MS)).toBe('2026-11-21 18:05 UTC+8');
    // At 16:05 UTC the next day has begun in China.
    expect(clock.time(NOW_MS + 6 * 60 * MINUTE_MS)).toBe('2026-11-23 00:05 UTC+8');
  });

  it('gives a window with the dates that it needs', () => {
    const clock = clockIn('UTC', NOW_MS);
    const yesterday = NOW_MS - DAY_MS;

    expect(clock.window(NOW_MS - MINUTE_MS, NOW_MS)).toBe('10:04:01–10:05:01 UTC');
    expect(clock.window(null, NOW_MS)).toBe('10:05:01 UTC');
    expect(clock.window(null, yesterday)).toBe('2026-11-21 10:05:01 UTC');
    expect(clock.window(yesterday - MINUTE_MS, yesterday)).toBe('2026-11-21 10:04:01–10:05:01 UTC');
    expect(clock.window(yesterday, NOW_MS)).toBe('2026-11-21 10:05:01–2026-11-22 10:05:01 UTC');
  });

  it('gives both ends of a span, to the minute', () => {
    const clock = clockIn('UTC', NOW_MS);

    expect(clock.span(NOW_MS - 60 * MINUTE_MS, NOW_MS)).toEqual(['09:05', '10:05 UTC']);
    expect(clock.span(NOW_MS - DAY_MS, NOW_MS)).toEqual([
      '2026-11-21 10:05',
      '2026-11-22 10:05 UTC',
    ]);
  });

  it.each([
    ['Europe/Berlin', Date.UTC(2026, 9, 25, 0, 30), '02:30 UTC+2', '02:30 UTC+1'],
    ['America/New_York', Date.UTC(2026, 10, 1, 5, 30), '01:30 UTC-4', '01:30 UTC-5'],
    ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 14, 50), '01:50 UTC+11', '02:20 UTC+10:30'],
  ])('says on which side of a change of the clocks in %s a time is', (zone, ms, before, after) => {
    const clock = clockIn(zone, ms);

    expect([clock.time(ms), clock.time(ms + 60 * MINUTE_MS)]).toEqual([before, after]);
    expect(clock.span(ms, ms + 60 * MINUTE_MS)).toEqual([before, after]);
  });

  it('gives the beginning of a day as 00:00, and never as 24:00', () => {
    const midnightMs = Date.UTC(2026, 10, 22);

    expect(clockIn('UTC', midnightMs).window(null, midnightMs)).toBe('00:00:00 UTC');
  });
});
