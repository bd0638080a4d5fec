import fc from 'fast-check';
import { healthAfter, NEW_HEALTH } from '../../../shared/core/health.ts';
import type { Commit } from '../../../shared/core/model.ts';
import {
  expectedTicks,
  type Tallies,
  talliesAfter,
  tallyUntil,
} from '../../../shared/core/tally.ts';
import {
  countCommit,
  newCounted,
  type ReportedScope,
  reportOf,
} from '../../../shared/watch/core/periodic/facts.ts';
import {
  dueReminderMs,
  type ReminderSchedule,
  remindersIn,
  stopsIn,
} from '../../../shared/watch/core/periodic/reminders.ts';
import {
  dueReport,
  GRACE_MS,
  lastDueMs,
  type ReportSchedule,
  scheduleIn,
} from '../../../shared/watch/core/periodic/schedule.ts';
import { aChange, aCommit, anInstance, MINUTE_MS } from '../../helpers/examples.ts';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function schedule(text: string, zone = 'UTC'): ReportSchedule {
  const found = scheduleIn(text, zone);
  if (found === undefined) throw new Error(`${text} is no schedule`);
  return found;
}

describe('when a report is due', () => {
  it.each([
    ['daily 09:00', 'UTC', '2026-11-22T10:00Z', '2026-11-22T09:00'],
    ['daily 09:00', 'UTC', '2026-11-22T09:00Z', '2026-11-22T09:00'],
    ['daily 09:00', 'UTC', '2026-11-22T08:59Z', '2026-11-21T09:00'],
    // The end of a month, of a year, and the day that only some years have.
    ['daily 09:00', 'Asia/Shanghai', '2026-12-01T00:30Z', '2026-11-30T01:00'],
    ['daily 09:00', 'Asia/Shanghai', '2027-01-01T00:30Z', '2026-12-31T01:00'],
    ['daily 00:00', 'UTC', '2028-02-29T12:00Z', '2028-02-29T00:00'],
    // 2026-11-22 is a Sunday.
    ['weekly mon 09:00', 'UTC', '2026-11-22T10:00Z', '2026-11-16T09:00'],
    ['weekly sun 09:00', 'UTC', '2026-11-22T10:00Z', '2026-11-22T09:00'],
    ['weekly sun 09:00', 'UTC', '2026-11-22T08:00Z', '2026-11-15T09:00'],
    // There is no 02:30 on the last Sunday of March, and two of them on that of October.
    ['daily 02:30', 'Europe/Berlin', '2027-03-28T12:00Z', '2027-03-28T01:00'],
    ['daily 02:30', 'Europe/Berlin', '2026-10-25T12:00Z', '2026-10-25T00:30'],
  ])('%s in %s, at %s: %s', (text, zone, now, due) => {
    expect(new Date(lastDueMs(schedule(text, zone), Date.parse(now))).toISOString()).toBe(
      `${due}:00.000Z`,
    );
  });

  it.each(['09:00', 'daily 9:00', 'daily 24:00', 'weekly 09:00', 'weekly someday 09:00', ''])(
    '%j says nothing',
    (text) => {
      expect(scheduleIn(text, 'UTC')).toBeUndefined();
    },
  );

  it('the days on which the clock changes have 23 and 25 hours', () => {
    const berlin = schedule('daily 09:00', 'Europe/Berlin');
    const hoursBefore = (day: string): number => {
      const dueMs = lastDueMs(berlin, Date.parse(`${day}T12:00Z`));
      return (dueMs - lastDueMs(berlin, dueMs - 1)) / HOUR_MS;
    };

    expect(['2027-03-28', '2026-10-25', '2026-11-22'].map(hoursBefore)).toEqual([23, 25, 24]);
  });

  it('reports follow one another without a gap and without a common minute, whatever was missed', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Shanghai', 'America/New_York');
    const texts = fc.constantFrom(
      'daily 09:00',
      'daily 02:30',
      'weekly mon 00:00',
      'weekly sun 02:15',
    );
    const pauses = fc.array(fc.integer({ min: 1, max: 4 * 24 * 60 }), { maxLength: 60 });
    const startMs = Date.UTC(2027, 2, 26);

    fc.assert(
      fc.property(zones, texts, pauses, (zone, text, minutes) => {
        const when = schedule(text, zone);
        let nowMs = startMs;
        let lastMs = 0;
        for (const pause of minutes) {
          nowMs += pause * MINUTE_MS;
          const period = dueReport(when, nowMs, lastMs, startMs);
          const dueMs = lastDueMs(when, nowMs);
          if (period === null) {
            expect(dueMs <= Math.max(lastMs, startMs) || nowMs < dueMs + GRACE_MS).toBe(true);
            continue;
          }
          expect(period.untilMs).toBe(dueMs);
          expect(period.fromMs).toBe(lastMs === 0 ? lastDueMs(when, dueMs - 1) : lastMs);
          lastMs = period.untilMs;
          // Asked again, also by a run that remembers nothing else, it is made.
          expect(dueReport(when, nowMs, lastMs, startMs)).toBeNull();
        }
      }),
    );
  });

  it('the first one is due at the first of its times after it was configured', () => {
    const when = schedule('daily 09:00');
    const dueMs = Date.UTC(2026, 10, 22, 9);
    const nowMs = dueMs + HOUR_MS;

    expect(dueReport(when, nowMs, 0, dueMs + MINUTE_MS)).toBeNull();
    expect(dueReport(when, nowMs, 0, null)).toBeNull();
    expect(dueReport(when, nowMs, 0, dueMs - MINUTE_MS)).toEqual({
      fromMs: dueMs - DAY_MS,
      untilMs: dueMs,
    });
    expect(dueReport(when, dueMs + GRACE_MS - 1, 0, 1)).toBeNull();
    // After a year without a tick, a person is not shown the year.
    expect(dueReport(when, nowMs, 1, 1)?.fromMs).toBe(dueMs - 31 * DAY_MS);
  });
});

describe('when a reminder is due', () => {
  it.each([
    ['every 4h', 'UTC', '2026-11-22T10:00Z', null],
    ['every 4h', 'UTC', '2026-11-22T09:59Z', '2026-11-22T08:00'],
    ['every 4h', 'Asia/Shanghai', '2026-11-22T17:00Z', '2026-11-22T16:00'],
    ['every 12h', 'Asia/Shanghai', '2026-11-22T03:59Z', null],
    ['every 12h', 'Asia/Shanghai', '2026-11-22T04:00Z', '2026-11-22T04:00'],
    ['daily 09:30', 'UTC', '2026-11-22T09:29Z', null],
    ['daily 09:30', 'UTC', '2026-11-22T09:30Z', '2026-11-22T09:30'],
    // 02:00 of that day does not exist in Berlin, and another one has it twice: the first counts.
    ['every 2h', 'Europe/Berlin', '2027-03-28T01:30Z', '2027-03-28T01:00'],
    ['every 2h', 'Europe/Berlin', '2026-10-25T00:30Z', '2026-10-25T00:00'],
    ['every 2h', 'Europe/Berlin', '2026-10-25T01:30Z', null],
    ['daily 02:30', 'Europe/Berlin', '2027-03-28T00:59Z', null],
    ['daily 02:30', 'Europe/Berlin', '2027-03-28T01:00Z', '2027-03-28T01:00'],
    ['daily 02:30', 'Europe/Berlin', '2026-10-25T01:30Z', '2026-10-25T00:30'],
    ['daily 02:30', 'Europe/Berlin', '2026-10-25T00:29Z', null],
  ])('%s in %s, at %s: %s', (text, zone, now, due) => {
    const found = dueReminderMs(reminders(text, zone), Date.parse(now));

    expect(found === null ? null : new Date(found).toISOString()).toBe(
      due === null ? null : `${due}:00.000Z`,
    );
  });

  it.each(['every 5h', 'every 24h', 'every 4 hours', 'every 0h', 'weekly mon 09:00', '4h', ''])(
    '%j says nothing',
    (text) => {
      expect(remindersIn(text, 'UTC')).toBeUndefined();
    },
  );

  it('two of them are no less than half a period apart, whatever is missed', () => {
    const when = reminders('every 4h', 'Europe/Berlin');
    const startMs = Date.UTC(2027, 2, 26);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 }), (pauses) => {
        let [lastMs, saidMs] = [0, Number.NEGATIVE_INFINITY];
        let nowMs = startMs;
        for (const pause of pauses) {
          nowMs += pause * MINUTE_MS;
          const dueMs = dueReminderMs(when, nowMs);
          if (dueMs === null || dueMs === lastMs) continue;
          expect(dueMs).toBeGreaterThan(lastMs);
          // The hour that summer time leaves out is missing in one period.
          expect(nowMs - saidMs).toBeGreaterThan(HOUR_MS);
          [lastMs, saidMs] = [dueMs, nowMs];
        }
      }),
    );
  });

  it('says of each instance that has been stopped for a whole period since when, and what is known', () => {
    const dueMs = Date.UTC(2026, 10, 22, 8);
    const stopped = (sinceMs: number, parts = {}) =>
      anInstance({ status: 'Stopped', sinceMs, ...parts });
    const instances = new Map([
      ['i-late', stopped(dueMs - 4 * HOUR_MS + 1)],
      ['i-long', stopped(dueMs - 4 * HOUR_MS, { name: 'web-1', sinceKnown: true })],
      ['i-on', anInstance({ sinceMs: 1 })],
    ]);

    const commit = stopsIn({ scope: 'main/x', seq: 7, instances }, { everyMinutes: 240 }, dueMs);

    expect(commit).toMatchObject({ scope: 'main/x', seq: 7, atMs: dueMs });
    expect(commit?.changes).toEqual([
      aChange({
        instanceId: 'i-long',
        name: 'web-1',
        fromSinceMs: dueMs - 4 * HOUR_MS,
        fromSinceKnown: true,
      }),
    ]);
    expect(
      stopsIn({ scope: 'main/x', seq: 7, instances: new Map() }, { everyMinutes: 240 }, dueMs),
    ).toBeNull();
  });

  function reminders(text: string, zone: string): ReminderSchedule {
    const found = remindersIn(text, zone);
    if (found === undefined) throw new Error(`${text} is no schedule`);
    return found;
  }
});

describe('what ticks are counted', () => {
  const DUE_MS = Date.UTC(2026, 10, 22, 9);

  /** Ticks at these minutes after the report was due; of those that failed, the negative. */
  function ticksAt(...minutes: readonly number[]): Tallies {
    return ticksEvery(MINUTE_MS, minutes);
  }

  /** Like the health of a scope, its first tick does not know the period, nor what is before the second. */
  function ticksEvery(periodMs: number, minutes: readonly number[]): Tallies {
    let tallies: Tallies | undefined;
    let before: { lastAttemptAtMs: number; periodMs?: number } = { lastAttemptAtMs: 0 };
    for (const [index, minute] of minutes.entries()) {
      const startMs = DUE_MS + Math.abs(minute) * MINUTE_MS;
      const tick = { startMs, isGood: minute >= 0, dueMs: DUE_MS + 60 * MINUTE_MS };
      tallies = talliesAfter(tallies, before, tick);
      before = { lastAttemptAtMs: startMs + 900, ...(index > 0 && { periodMs }) };
    }
    if (tallies === undefined) throw new Error('no tick');
    return tallies;
  }

  it('those that were good, that came late, and that never came', () => {
    const { now } = ticksAt(1, 2, -3, 4, 9, 10);

    expect(now).toMatchObject({ ticks: 6, good: 5, late: 1 });
    expect(expectedTicks({ ...now, untilMs: DUE_MS + 11 * MINUTE_MS })).toBe(10);
  });

  it('as many as a slow timer makes, also in the first report of a new watcher', () => {
    const { now } = ticksEvery(5 * MINUTE_MS, [5, 10, 15, 20, 25]);

    expect(now).toMatchObject({ ticks: 5, good: 5, late: 0 });
    expect(expectedTicks({ ...now, untilMs: DUE_MS + 30 * MINUTE_MS })).toBe(5);
    // Two ticks say how far apart they were, also once all others have been missed.
    const { before } = ticksAt(5, 6, 60);
    expect(before && expectedTicks(before)).toBe(55);
  });

  /** The tallies of a scope whose ticks begin then, in minutes after the last report was due. */
  function talliesOf(minutes: readonly number[]): Tallies {
    let tallies: Tallies | undefined;
    let health = NEW_HEALTH;
    for (const minute of minutes) {
      const startMs = DUE_MS + Math.round(minute * MINUTE_MS);
      const tick = { startMs, isGood: true, dueMs: DUE_MS };
      tallies = talliesAfter(tallies, health, tick);
      health = healthAfter(health, {
        startMs,
        endMs: startMs + 700,
        failure: null,
        scan: { instances: 1, pages: 1 },
        hold: null,
        expectedRoundMs: null,
      }).health;
    }
    if (tallies === undefined) throw new Error('no tick');
    return tallies;
  }
  const everyFive = (count: number) => Array.from({ length: count }, (_, index) => 5 * index + 5);
  const expectedAt = (minute: number, minutes: readonly number[]) =>
    expectedTicks({
      ...talliesOf([...minutes].sort((one, other) => one - other)).now,
      untilMs: DUE_MS + minute * MINUTE_MS,
    });

  it.each([
    ['in the middle of two', [152.5]],
    ['just after one of the timer', [150.2]],
    ['just before one of the timer', [154.9]],
    ['as the second tick ever, as a deployment makes one', [6]],
    ['three times in one pause', [151, 152, 154]],
    ['twice, after a time', [152.5, 172.5]],
    ['every hour', [7, 67, 127, 187, 247]],
  ])('by the period of the timer, although a tick is run by hand %s', (_when, byHand) => {
    // Five minutes apart for a day, and that by hand besides: 287 pauses from the first to the last.
    const expected = expectedAt(1440, [...everyFive(288), ...byHand]);

    expect(expected).toBeGreaterThanOrEqual(287);
    expect(expected).toBeLessThanOrEqual(288 + byHand.length);
  });

  it('all that were missed, however many, also by a watcher that comes seldom later on', () => {
    // Half a day at five minutes, and then once an hour.
    const seldom = Array.from({ length: 12 }, (_, index) => 720 + 60 * index);

    expect(expectedAt(1440, [...everyFive(143), ...seldom])).toBe(287);
    // Every other one is missed from the beginning: the timer is taken for one of ten minutes.
    expect(
      expectedAt(
        1440,
        everyFive(288).filter((minute) => minute % 10 === 0),
      ),
    ).toBe(144);
  });

  const from = (first: number, last: number, period: number): readonly number[] =>
    Array.from({ length: (last - first) / period }, (_, index) => first + period * (index + 1));

  it.each([
    ['all of which come', 144 + 720, [...from(0, 720, 5), ...from(720, 1440, 1)]],
    ['none of which come at last', 144 + 720, [...from(0, 720, 5), ...from(720, 1000, 1)]],
    ['after an outage', 144 + 720, [...from(0, 600, 5), ...from(720, 1400, 1)]],
    ['from the last hours of the day before on', 1440, [...from(-60, 0, 5), ...from(0, 1300, 1)]],
    ['twice', 24 + 96 + 720, [...from(-600, 240, 10), ...from(240, 720, 5), ...from(720, 1400, 1)]],
    ['while a clock is ahead', 144 + 720, [...from(0, 715, 5), 720 + 300, ...from(720, 1400, 1)]],
  ])('by a shorter period of the timer from its change on: %s', (_what, ticks, minutes) => {
    const { now } = talliesOf(minutes);
    const expected = expectedTicks({ ...now, untilMs: DUE_MS + DAY_MS });

    // It takes some ticks to know it.
    expect(expected).toBeGreaterThanOrEqual(ticks - 12);
    expect(expected).toBeLessThanOrEqual(ticks + 1);
  });

  it('by the shorter period for none of the time before the tick that shows it, also in the next report', () => {
    // The tick that shows the shorter period comes after the report was due.
    const { before, now } = talliesOf([...from(-1440, -6, 6), ...from(-6, -1, 1), 50]);

    expect(before && expectedTicks({ ...before, ticks: 0 })).toBe(239);
    expect(now).not.toHaveProperty('asIfSinceMs');
  });

  it('by another period of the timer from the next report on', () => {
    expect(expectedAt(1440, [...from(-1440, -60, 1), ...from(-60, 1435, 5)])).toBe(288);
    expect(expectedAt(1440, [...from(-1440, -60, 5), ...from(-60, 1439, 1)])).toBe(1440);
    // The row of a scope does not grow with its ticks.
    expect(talliesOf(from(0, 1440, 1)).now.gaps).toHaveLength(9);
  });

  it('by what an older version knew, until enough ticks say more', () => {
    const old: Tallies = {
      now: { sinceMs: DUE_MS, ticks: 9, good: 9, late: 0, periodMs: 150_000 },
    };
    const before = { lastAttemptAtMs: DUE_MS + 3_000_000, periodMs: 5 * MINUTE_MS };

    const { now } = talliesAfter(old, before, {
      startMs: DUE_MS + 3_300_000,
      isGood: true,
      dueMs: DUE_MS,
    });

    expect(now).toMatchObject({ ticks: 10, periodMs: 5 * MINUTE_MS, gaps: [5 * MINUTE_MS] });
  });

  it('each for one report', () => {
    const tallies = ticksAt(57, 58, 59, 60, 61);

    expect(tallyUntil(tallies, DUE_MS + 60 * MINUTE_MS)).toMatchObject({ ticks: 3 });
    expect(tallyUntil(tallies, DUE_MS + 120 * MINUTE_MS)).toMatchObject({ ticks: 2 });
    expect(tallyUntil(tallies, DUE_MS)).toBeUndefined();
  });

  it('again from the beginning after a clock that was ahead', () => {
    const now = { sinceMs: DUE_MS + DAY_MS, ticks: 9, good: 9, late: 0, periodMs: MINUTE_MS };
    const tick = { startMs: DUE_MS, isGood: true, dueMs: DUE_MS };

    expect(talliesAfter({ now }, { lastAttemptAtMs: 0 }, tick).now).toMatchObject({
      sinceMs: DUE_MS,
      ticks: 1,
    });
  });
});

describe('what a report counts', () => {
  const UNTIL_MS = Date.UTC(2026, 10, 22, 9);
  const PERIOD = { fromMs: UNTIL_MS - DAY_MS, untilMs: UNTIL_MS };

  function countedOf(commits: readonly Commit[]): ReportedScope['counted'] {
    const counted = newCounted();
    for (const commit of commits.toReversed()) countCommit(counted, commit, PERIOD);
    return counted;
  }

  it('the changes of its time to states that last, by what they lead to', () => {
    const at = (atMs: number, ...changes: readonly Commit['changes'][number][]) =>
      aCommit({ atMs, previousAtMs: atMs - MINUTE_MS, changes });
    const counted = countedOf([
      at(PERIOD.fromMs - 1, aChange()),
      at(PERIOD.fromMs, aChange(), aChange({ instanceId: 'i-2', from: null, to: 'Running' })),
      at(PERIOD.fromMs + 1, aChange({ from: 'Stopped', to: 'Starting' })),
      at(UNTIL_MS - 2, aChange({ from: 'Starting', to: 'Running' })),
      at(UNTIL_MS - 1, aChange({ instanceId: 'i-2', to: null })),
      at(UNTIL_MS, aChange()),
      aCommit({
        atMs: UNTIL_MS - 1,
        changes: [aChange({ from: null, to: 'Running' })],
        notice: { kind: 'baseline', instances: 1, last: true },
      }),
    ]);

    expect(Object.fromEntries(counted?.outcomes ?? [])).toEqual({
      Stopped: 1,
      new: 1,
      Running: 1,
      released: 1,
    });
  });

  it('who is stopped longest, and who changed most', () => {
    const flips = Array.from({ length: 6 }, (_, index) =>
      aCommit({
        atMs: UNTIL_MS - DAY_MS + index * MINUTE_MS,
        changes: [
          aChange({
            name: `name-${index}`,
            ...(index % 2 === 1 && { from: 'Stopped', to: 'Running' }),
          }),
        ],
      }),
    );
    const stopped = Array.from({ length: 7 }, (_, index) => {
      const sinceMs = UNTIL_MS - (index + 1) * HOUR_MS;
      return [
        `i-${index}`,
        anInstance({ status: 'Stopped', sinceMs, sinceKnown: index > 3 }),
      ] as const;
    });
    const instances = new Map([...stopped, ['i-x', anInstance()] as const]);

    const report = reportOf(
      'day',
      PERIOD,
      [
        { scope: 'main/a', instances, tallies: undefined, counted: countedOf(flips), isCut: false },
        { scope: 'main/b', instances: new Map(), tallies: undefined, counted: null, isCut: false },
      ],
      [],
    );

    expect(report).toMatchObject({ instances: 8, stopped: 7, flapping: 1, unread: ['main/b'] });
    expect(report.longest.map(({ instanceId, isAtLeast }) => [instanceId, isAtLeast])).toEqual([
      ['i-6', undefined],
      ['i-5', undefined],
      ['i-4', undefined],
      ['i-3', true],
      ['i-2', true],
    ]);
    expect(report.most).toEqual([
      { scope: 'main/a', instanceId: 'i-bp1', name: 'name-5', changes: 6 },
    ]);
    expect(report).not.toHaveProperty('ticks');
  });

  it('the ticks of the scope that was watched worst', () => {
    const tallies = (good: number): Tallies => ({
      now: { sinceMs: PERIOD.fromMs, ticks: 1440, good, late: 2, periodMs: MINUTE_MS },
    });
    const scope = (name: string, good: number): ReportedScope => ({
      scope: name,
      instances: new Map(),
      tallies: tallies(good),
      counted: newCounted(),
      isCut: false,
    });
    const ticksOf = (...scopes: readonly ReportedScope[]) =>
      reportOf('day', PERIOD, scopes, []).ticks;

    expect(ticksOf(scope('a', 1440), scope('b', 1400))).toEqual({
      scope: 'b',
      sinceMs: PERIOD.fromMs,
      expected: 1440,
      good: 1400,
      late: 2,
    });
    expect(ticksOf(scope('a', 1440), scope('b', 1440))).not.toHaveProperty('scope');
  });
});
