/** Times as a reader sees them: in the zone of the browser, with UTC for those who compare logs. */
export interface LocalClock {
  /** `10:05:01`, or with its date where the day is not that of now. */
  readonly time: (ms: number, nowMs: number) => string;
  /** `2026-11-22 10:05:01 UTC` */
  readonly utc: (ms: number) => string;
  /** `Asia/Shanghai, UTC+8` */
  readonly zone: (nowMs: number) => string;
}

export function localClock(timeZone: string): LocalClock {
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
  const read = (ms: number): Readonly<Record<string, string>> =>
    Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const day = ({ year, month, day: date }: Readonly<Record<string, string>>): string =>
    `${year}-${month}-${date}`;
  return {
    time(ms, nowMs) {
      const parts = read(ms);
      const { hour, minute, second } = parts;
      const isToday = day(parts) === day(read(nowMs));
      return isToday ? `${hour}:${minute}:${second}` : `${day(parts)} ${hour}:${minute}`;
    },
    utc: (ms) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    zone(nowMs) {
      const offset = (read(nowMs).timeZoneName ?? '').replace('GMT', 'UTC');
      return offset === 'UTC' || timeZone === 'UTC' ? 'UTC' : `${timeZone}, ${offset}`;
    },
  };
}
