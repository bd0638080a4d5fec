const MIN_PERIOD_MS = 60_000;

/** About how far apart ticks are; a minute at least. */
export function tickPeriodMs({ periodMs = 0 }: { readonly periodMs?: number }): number {
  return Math.max(periodMs, MIN_PERIOD_MS);
}
