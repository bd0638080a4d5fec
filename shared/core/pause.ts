import type { Commit } from './model.ts';

/**
 * A longer time between two complete scans is a pause: what they differ in is no news of this
 * minute. Shorter outages have notices of their own, and a timer of half an hour makes no pauses.
 */
export const PAUSE_MS = 60 * 60 * 1000;

/** A time in which nothing was seen. */
export interface Pause {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The pause that a commit ends; null where the last complete scan was not long before. */
export function pauseBefore({
  atMs,
  previousAtMs,
}: Pick<Commit, 'atMs' | 'previousAtMs'>): Pause | null {
  if (previousAtMs === null || atMs - previousAtMs <= PAUSE_MS) return null;
  return { fromMs: previousAtMs, untilMs: atMs };
}
