/** Clocks of two runs differ by less, unless one of them is wrong. */
export const MAX_CLOCK_DIFFERENCE_MS = 30_000;

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
