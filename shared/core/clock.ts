/** Times as messages give them: in one time zone, with a date where the day is not that of now. */
export interface Clock {
  /** `10:05 UTC`, `2026-11-21 10:05 UTC` */
  time(ms: number): string;
  /** `2026-11-21` */
  date(ms: number): string;
  /** `10:04:00–10:05:01 UTC`; of a time alone only that. */
  window(fromMs: number | null, untilMs: number): string;
  /** Both ends to the minute: `02:00` and `09:00 UTC`. */
  span(fromMs: number, untilMs: number): readonly [from: string, until: string];
}

/** A clock in an IANA time zone. What is of the day of `nowMs` needs no date. */
export function clockIn(timeZone: string, nowMs: number): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'shortOffset',
  });
  const reading = (ms: number): Reading => readingOf(format.formatToParts(ms));
  const today = reading(nowMs).date;

  const between = (from: Reading, until: Reading, unit: 'minute' | 'second') => {
    const isOneDay = from.date === until.date;
    const isToday = isOneDay && until.date === today;
    // Where the clocks change in between, each end has an offset of its own.
    const fromZone = from.zone === until.zone ? '' : ` ${from.zone}`;
    return [
      `${isToday ? '' : `${from.date} `}${from[unit]}${fromZone}`,
      `${isOneDay ? '' : `${until.date} `}${until[unit]} ${until.zone}`,
    ] as const;
  };
  const time = (ms: number, unit: 'minute' | 'second'): string => {
    const { date, zone, ...clock } = reading(ms);
    return `${date === today ? '' : `${date} `}${clock[unit]} ${zone}`;
  };
  return {
    time: (ms) => time(ms, 'minute'),
    date: (ms) => reading(ms).date,
    window: (fromMs, untilMs) =>
      fromMs === null
        ? time(untilMs, 'second')
        : between(reading(fromMs), reading(untilMs), 'second').join('–'),
    span: (fromMs, untilMs) => between(reading(fromMs), reading(untilMs), 'minute'),
  };
}

interface Reading {
  /** `2026-11-22` */
  readonly date: string;
  /** `10:05` */
  readonly minute: string;
  /** `10:05:01` */
  readonly second: string;
  /** `UTC`, `UTC+8` */
  readonly zone: string;
}

function readingOf(parts: readonly Intl.DateTimeFormatPart[]): Reading {
  const { year, month, day, hour, minute, second, timeZoneName } = Object.fromEntries(
    parts.map(({ type, value }) => [type, value]),
  );
  return {
    date: `${year}-${month}-${day}`,
    minute: `${hour}:${minute}`,
    second: `${hour}:${minute}:${second}`,
    zone: (timeZoneName ?? '').replace('GMT', 'UTC').replace(/\+0$/u, ''),
  };
}
