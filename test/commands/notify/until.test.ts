import { untilIn } from '../../../commands/notify/until.ts';

describe('the end of a note', () => {
  it.each([
    ['2026-12-01', 'Asia/Shanghai', '2026-12-01T16:00:00.000Z'],
    ['2026-12-31', 'UTC', '2027-01-01T00:00:00.000Z'],
    ['2026-12-01 18:00', 'Asia/Shanghai', '2026-12-01T10:00:00.000Z'],
    ['2026-12-01T18:00', 'America/New_York', '2026-12-01T23:00:00.000Z'],
    // The clock is put back that night: the day has 25 hours.
    ['2026-10-25', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    // And forward: there is no 02:30.
    ['2027-03-28 02:30', 'Europe/Berlin', '2027-03-28T01:00:00.000Z'],
    ['2026-12-01T18:00:00+08:00', 'UTC', '2026-12-01T10:00:00.000Z'],
  ])('%s in %s is %s', (text, zone, time) => {
    expect(new Date(untilIn(text, zone) ?? 0).toISOString()).toBe(time);
  });

  it.each(['tomorrow', '2026-02-30', '2026-13-01', '2026-12-01 24:00', '2026-12-01 18', ''])(
    '%j is no time',
    (text) => {
      expect(untilIn(text, 'UTC')).toBeUndefined();
    },
  );
});
