import { zoneClock } from '../../../../shared/delivery/core/message/zone-time.ts';
import {
  clocksOf,
  intervalAt,
  type Mute,
  type WeeklyTime,
} from '../../../../shared/delivery/core/policy/mutes.ts';

const HOUR = 60;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const [SATURDAY, SUNDAY] = [5, 6];
const NIGHTS: WeeklyTime = { days: EVERY_DAY, from: 22 * HOUR, until: 7 * HOUR };

describe('a mute every night', () => {
  it.each<[string, string, string, string, string]>([
    // In the night in which the clock is put forward, the mute is an hour shorter.
    ['Berlin', 'Europe/Berlin', '2026-03-28T23:30Z', '2026-03-28T21:00Z', '2026-03-29T05:00Z'],
    [
      'Berlin in autumn',
      'Europe/Berlin',
      '2026-10-25T00:30Z',
      '2026-10-24T20:00Z',
      '2026-10-25T06:00Z',
    ],
    ['New York', 'America/New_York', '2026-03-08T08:00Z', '2026-03-08T03:00Z', '2026-03-08T11:00Z'],
    [
      'New York in autumn',
      'America/New_York',
      '2026-11-01T05:30Z',
      '2026-11-01T02:00Z',
      '2026-11-01T12:00Z',
    ],
    // By half an hour only.
    [
      'Lord Howe',
      'Australia/Lord_Howe',
      '2026-10-03T15:40Z',
      '2026-10-03T11:30Z',
      '2026-10-03T20:00Z',
    ],
    [
      'Lord Howe in autumn',
      'Australia/Lord_Howe',
      '2026-04-04T15:10Z',
      '2026-04-04T11:00Z',
      '2026-04-04T20:30Z',
    ],
    [
      'Shanghai, without summer time',
      'Asia/Shanghai',
      '2026-11-22T20:00Z',
      '2026-11-22T14:00Z',
      '2026-11-22T23:00Z',
    ],
  ])('lasts from ten to seven by the clocks of %s', (_city, zone, at, from, until) => {
    const mute = aMute({ zone, weekly: [NIGHTS] });

    expect(isoInterval(mute, at)).toEqual([iso(from), iso(until)]);
    expect(isMuted(mute, new Date(iso(from)).getTime() - 1)).toBe(false);
    expect(isMuted(mute, new Date(iso(until)).getTime() - 1)).toBe(true);
    expect(isMuted(mute, new Date(iso(until)).getTime())).toBe(false);
  });
});

describe('a time that the change to summer time touches', () => {
  it.each<[string, string, string, WeeklyTime, string, string]>([
    [
      'begins when the clock is put forward over its beginning',
      'Europe/Berlin',
      '2026-03-29T01:30Z',
      { days: [SUNDAY], from: 2.5 * HOUR, until: 4 * HOUR },
      '2026-03-29T01:00Z',
      '2026-03-29T02:00Z',
    ],
    [
      'ends when the clock is put forward over its end',
      'America/New_York',
      '2026-03-08T06:30Z',
      { days: [SUNDAY], from: 1 * HOUR, until: 2.5 * HOUR },
      '2026-03-08T06:00Z',
      '2026-03-08T07:00Z',
    ],
    [
      'begins with the first of the two hours',
      'Europe/Berlin',
      '2026-10-25T01:30Z',
      { days: [SUNDAY], from: 2 * HOUR, until: 3 * HOUR },
      '2026-10-25T00:00Z',
      '2026-10-25T02:00Z',
    ],
    [
      'ends in the first of the two hours, and does not begin again in the second',
      'America/New_York',
      '2026-11-01T05:10Z',
      { days: [SUNDAY], from: 0, until: 1.5 * HOUR },
      '2026-11-01T04:00Z',
      '2026-11-01T05:30Z',
    ],
    [
      'may be half an hour only',
      'Australia/Lord_Howe',
      '2026-10-03T15:35Z',
      { days: [SUNDAY], from: 2 * HOUR + 10, until: 3 * HOUR },
      '2026-10-03T15:30Z',
      '2026-10-03T16:00Z',
    ],
  ])('%s', (_what, zone, at, weekly, from, until) => {
    const mute = aMute({ zone, weekly: [weekly] });

    expect(isoInterval(mute, at)).toEqual([iso(from), iso(until)]);
  });

  it('is not muted a second time in the hour that comes twice', () => {
    const weekly = [{ days: [SUNDAY], from: 0, until: 1.5 * HOUR }];
    const mute = aMute({ zone: 'America/New_York', weekly });

    expect(isMuted(mute, Date.parse('2026-11-01T05:29Z'))).toBe(true);
    expect(isMuted(mute, Date.parse('2026-11-01T06:10Z'))).toBe(false);
  });
});

describe('a mute', () => {
  it('is of the days on which it begins, past midnight, too', () => {
    const mute = aMute({ weekly: [{ days: [SATURDAY], from: 22 * HOUR, until: 7 * HOUR }] });

    expect(isMuted(mute, Date.parse('2026-11-21T23:00Z'))).toBe(true);
    expect(isMuted(mute, Date.parse('2026-11-22T06:59Z'))).toBe(true);
    expect(isMuted(mute, Date.parse('2026-11-22T23:00Z'))).toBe(false);
    expect(isMuted(mute, Date.parse('2026-11-21T06:00Z'))).toBe(false);
  });

  it('of whole days ends with the day', () => {
    const weekly = [{ days: [SATURDAY, SUNDAY], from: 0, until: 24 * HOUR }];
    const mute = aMute({ zone: 'Asia/Shanghai', weekly });

    expect(isMuted(mute, Date.parse('2026-11-20T15:59Z'))).toBe(false);
    expect(isMuted(mute, Date.parse('2026-11-20T16:00Z'))).toBe(true);
    expect(isMuted(mute, Date.parse('2026-11-21T16:00Z'))).toBe(true);
    expect(isMuted(mute, Date.parse('2026-11-22T16:00Z'))).toBe(false);
  });

  it('lasts as long as its times follow one another', () => {
    const weekly = [
      { days: [0, 1, 2, 3, 4], from: 22 * HOUR, until: 8 * HOUR },
      { days: [SATURDAY, SUNDAY], from: 0, until: 24 * HOUR },
    ];
    const weekend = [iso('2026-11-27T22:00Z'), iso('2026-11-30T00:00Z')];

    for (const at of ['2026-11-27T23:00Z', '2026-11-28T12:00Z', '2026-11-29T23:00Z'])
      expect(isoInterval(aMute({ weekly }), at)).toEqual(weekend);
  });

  it('without a gap ends at some time all the same', () => {
    const always = aMute({ weekly: [{ days: EVERY_DAY, from: 0, until: 24 * HOUR }] });
    const [, until = ''] = isoInterval(always, '2026-11-27T12:00Z') ?? [];

    expect(Date.parse(until)).toBeGreaterThan(Date.parse('2026-12-04T00:00Z'));
  });

  it('may be for once, in the times of its zone', () => {
    const [from, until] = [dayOf('2026-12-24'), dayOf('2027-01-02')];
    const periods = [
      { from: { day: from, minutes: 18 * HOUR }, until: { day: until, minutes: 0 } },
    ];
    const mute = aMute({ zone: 'Asia/Shanghai', periods });

    expect(isoInterval(mute, '2026-12-31T00:00Z')).toEqual([
      iso('2026-12-24T10:00Z'),
      iso('2027-01-01T16:00Z'),
    ]);
    expect(isMuted(mute, Date.parse('2026-12-24T09:59Z'))).toBe(false);
  });
});

describe('a clock of a zone', () => {
  const ZONES = [
    'UTC',
    'Asia/Kathmandu',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'America/St_Johns',
  ];

  it.each(ZONES)(
    'of %s finds every moment by its local time, or an earlier one of that time',
    (zone) => {
      const clock = zoneClock(zone);
      for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 7 * HOUR * 60_000) {
        const found = clock.momentOf(clock.localTime(ms));

        expect(clock.localTime(found)).toEqual(clock.localTime(ms));
        expect(ms - found === 0 || (ms > found && ms - found <= HOUR * 60_000)).toBe(true);
      }
    },
  );
});

function aMute(parts: Partial<Mute>): Mute {
  return { name: 'nights', zone: 'UTC', weekly: [], periods: [], ...parts };
}

function isMuted(mute: Mute, ms: number): boolean {
  return intervalOf(mute, ms) !== null;
}

function intervalOf(mute: Mute, ms: number): ReturnType<typeof intervalAt> {
  const clock = clocksOf([mute]).get(mute.zone);
  if (clock === undefined) throw new Error(mute.zone);
  return intervalAt(mute, clock, ms);
}

function isoInterval(mute: Mute, at: string): readonly string[] {
  const interval = intervalOf(mute, Date.parse(at));
  return interval === null
    ? []
    : [interval.fromMs, interval.untilMs].map((ms) => new Date(ms).toISOString());
}

function iso(text: string): string {
  return new Date(text).toISOString();
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00Z`) / (24 * HOUR * 60_000);
}
