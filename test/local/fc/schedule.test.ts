import fc from 'fast-check';

import { parseSchedule } from '../../../local/fc/schedule.ts';

function firesAfter(expression: string, start: string, count: number): string[] {
  const schedule = parseSchedule(expression, Date.parse(start));
  const times: string[] = [];
  for (let ms = Date.parse(start); times.length < count; ) {
    ms = schedule.next(ms);
    times.push(new Date(ms).toISOString().replace('.000', ''));
  }
  return times;
}

it.each([
  ['@every 1m', ['10:01:20', '10:02:20']],
  ['@every 90s', ['10:01:50', '10:03:20']],
  ['@every 1h30m', ['11:30:20', '13:00:20']],
  ['* * * * * *', ['10:00:21', '10:00:22']],
  ['0 * * * * *', ['10:01:00', '10:02:00']],
  ['0 0/15 * * * ?', ['10:15:00', '10:30:00']],
  ['5,10 0 11-12 * * *', ['11:00:05', '11:00:10']],
  ['0 50-59/4 * * * *', ['10:50:00', '10:54:00']],
])('fires %s when it should', (expression, times) => {
  expect(firesAfter(expression, '2026-11-22T10:00:20Z', 2)).toEqual(
    times.map((time) => `2026-11-22T${time}Z`),
  );
});

it.each([
  ['on weekdays', '0 0 8 ? * MON-FRI', ['2026-11-23', '2026-11-24']],
  ['on Sundays', '0 0 8 * * 7', ['2026-11-29', '2026-12-06']],
  ['on Mondays', '0 0 8 * * 1', ['2026-11-23', '2026-11-30']],
  ['on the 31st', '0 0 8 31 * *', ['2026-12-31', '2027-01-31']],
  ['in March', '0 0 8 1 mar *', ['2027-03-01', '2028-03-01']],
  ['on leap days', '0 0 8 29 2 *', ['2028-02-29', '2032-02-29']],
  ['on the 25th and on Fridays', '0 0 8 25 * FRI', ['2026-11-25', '2026-11-27']],
])('fires %s', (_, expression, days) => {
  expect(firesAfter(expression, '2026-11-22T10:00:00Z', 2)).toEqual(
    days.map((day) => `${day}T08:00:00Z`),
  );
});

it('reads Shanghai time, which is eight hours ahead all year', () => {
  expect(firesAfter('CRON_TZ=Asia/Shanghai 0 0 8 * * *', '2026-11-22T10:00:00Z', 2)).toEqual([
    '2026-11-23T00:00:00Z',
    '2026-11-24T00:00:00Z',
  ]);
});

it('reads a zone that is a quarter of an hour off', () => {
  expect(firesAfter('CRON_TZ=Asia/Kathmandu 0 0 0 * * *', '2026-11-22T10:00:00Z', 1)).toEqual([
    '2026-11-22T18:15:00Z',
  ]);
});

describe('in Berlin', () => {
  it('keeps to the wall clock when summer time begins', () => {
    expect(firesAfter('CRON_TZ=Europe/Berlin 0 0 8 * * *', '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T07:00:00Z',
      '2026-03-29T06:00:00Z',
    ]);
  });

  it('skips the hour that does not exist', () => {
    expect(firesAfter('CRON_TZ=Europe/Berlin 0 30 2 * * *', '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T01:30:00Z',
      '2026-03-30T00:30:00Z',
    ]);
  });

  it('fires twice in the hour that comes twice', () => {
    expect(firesAfter('CRON_TZ=Europe/Berlin 0 30 2 * * *', '2026-10-24T12:00:00Z', 3)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
  });
});

it.each([
  ['* * * * *', 'six fields'],
  ['60 * * * * *', 'second'],
  ['0 61-62 25 32 13 8', 'minute, hour, day, month, weekday'],
  ['0 5-3 * * * *', 'minute'],
  ['0 */0 * * * *', 'minute'],
  ['0 1,,2 * * * *', 'minute'],
  ['0 * * * FEBRUARY *', 'month'],
  ['@every', 'six fields'],
  ['@every 0m', 'no interval'],
  ['@every 1m2', 'no interval'],
  ['@every day', 'no interval'],
  ['CRON_TZ=Mars/Olympus 0 0 8 * * *', 'Mars/Olympus'],
])('refuses %s, and says what is wrong', (expression, problem) => {
  expect(() => parseSchedule(expression, 0)).toThrow(RangeError);
  expect(() => parseSchedule(expression, 0)).toThrow(problem);
});

it('says so when a date never comes', () => {
  expect(() => firesAfter('0 0 8 30 2 *', '2026-11-22T10:00:00Z', 1)).toThrow('never fires');
});

it('finds the first matching second after any time', () => {
  const number = (max: number) => fc.oneof(fc.constant('*'), fc.nat({ max }).map(String));
  const startMs = fc.integer({ min: 0, max: 4e12 });
  fc.assert(
    fc.property(number(59), number(59), number(23), startMs, (second, minute, hour, afterMs) => {
      const expression = `${second} ${minute} ${hour} * * *`;
      const matches = (ms: number): boolean => {
        const date = new Date(ms);
        const clock = [date.getUTCSeconds(), date.getUTCMinutes(), date.getUTCHours()];
        return [second, minute, hour].every(
          (field, i) => field === '*' || Number(field) === clock[i],
        );
      };
      let expectedMs = (Math.floor(afterMs / 1_000) + 1) * 1_000;
      while (!matches(expectedMs)) expectedMs += 1_000;

      expect(parseSchedule(expression, 0).next(afterMs)).toBe(expectedMs);
    }),
    { numRuns: 50 },
  );
});
