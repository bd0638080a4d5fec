import type { Clock } from '../clock.ts';
import type { FunctionRuntime } from './function.ts';
import { parseSchedule } from './schedule.ts';

interface TimerOptions {
  readonly target: FunctionRuntime;
  /** `@every 1m`, or six fields in UTC, or the same behind `CRON_TZ=Asia/Shanghai `. */
  readonly cron: string;
  readonly payload?: string;
  readonly triggerName: string;
  readonly clock: Clock;
}

/** A timer trigger: invokes its target asynchronously, whether or not the last tick has ended. */
export interface Timer {
  /** Fires every tick that is due by the clock. It also does so by itself, four times a second. */
  check(): void;
  /** When the next tick is due. */
  readonly nextMs: number;
  close(): void;
}

const TIMER_POLL_MS = 250;

/** @throws {RangeError} when the cron expression cannot be read, or never fires. */
export function startTimer(options: TimerOptions): Timer {
  const { target, cron, payload = '', triggerName, clock } = options;
  const schedule = parseSchedule(cron, clock.now());
  let nextMs = schedule.next(clock.now());

  const check = (): void => {
    // One reading: if the clock moved on by a tick with each start of a process, the loop would not end.
    const nowMs = clock.now();
    while (nextMs <= nowMs) {
      const event = { triggerTime: isoSeconds(nextMs), triggerName, payload };
      target.enqueue(Buffer.from(JSON.stringify(event)), { atMs: nextMs });
      nextMs = schedule.next(nextMs);
    }
  };

  const poll = setInterval(check, TIMER_POLL_MS).unref();
  return {
    check,
    get nextMs() {
      return nextMs;
    },
    close: () => clearInterval(poll),
  };
}

/** `2023-12-26T07:49:00Z`: the platform writes no milliseconds. */
function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
