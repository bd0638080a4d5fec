import { counted } from './text.ts';

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** The latest time that Date has. Source: ECMA-262, "Time Values and Time Range". */
export const MAX_TIME_MS = 8.64e15;

/** Clocks of two runs differ by less, unless one of them is wrong. */
export const MAX_CLOCK_DIFFERENCE_MS = 30_000;

/**
 * The time of a commit that is made at `nowMs` after one of `lastAtMs`. The times of a journal never go
 * back by what two right clocks differ in: a moment of the past would then have two states. A last
 * commit that lies further ahead is of a wrong clock, and holds no later one back.
 */
export function commitTimeMs(lastAtMs: number | undefined, nowMs: number): number {
  const isCredible = lastAtMs !== undefined && lastAtMs <= nowMs + MAX_CLOCK_DIFFERENCE_MS;
  return isCredible ? Math.max(lastAtMs, nowMs) : nowMs;
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

const DURATION_UNITS = [
  ['day', DAY_MS],
  ['hour', 60 * 60 * 1000],
  ['minute', MINUTE_MS],
] as const;

export type DurationUnit = (typeof DURATION_UNITS)[number][0] | 'second';

/** A time span in the largest unit of which it is at least two, e.g. 119 seconds, 2 minutes. */
export function inLargestUnit(ms: number): { readonly count: number; readonly unit: DurationUnit } {
  const found = DURATION_UNITS.find(([, size]) => ms >= 2 * size);
  const [unit, unitMs] = found ?? (['second', 1000] as const);
  return { count: Math.floor(Math.max(0, ms) / unitMs), unit };
}

/** The same in English, e.g. `119 seconds`. */
export function duration(ms: number): string {
  const { count, unit } = inLargestUnit(ms);
  return counted(count, unit);
}
