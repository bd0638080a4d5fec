import { type Clock, MINUTE_MS } from '../clock.ts';

/** Counts one more call of a kind in this minute, and answers whether it is still allowed. */
export type Throttle = (kind: string) => boolean;

/**
 * "Throttled at minute T, callable again at T + 1": the budget belongs to the minute of the clock.
 * https://www.alibabacloud.com/help/doc-detail/437902.htm
 */
export function throttle(callsPerMinute: number, clock: Clock): Throttle {
  const spent = new Map<string, number>();
  let currentMinute = 0;
  return (kind) => {
    const minute = Math.floor(clock.now() / MINUTE_MS);
    if (minute !== currentMinute) spent.clear();
    currentMinute = minute;
    const calls = (spent.get(kind) ?? 0) + 1;
    spent.set(kind, calls);
    return calls <= callsPerMinute;
  };
}
