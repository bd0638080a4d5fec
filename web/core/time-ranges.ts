const HOUR_MS = 60 * 60 * 1000;

/** How far back the plot goes, and how far apart its points are: at most some 300 of them. */
export const TIME_RANGES = {
  '1h': { spanMs: HOUR_MS, stepSeconds: 30 },
  '6h': { spanMs: 6 * HOUR_MS, stepSeconds: 2 * 60 },
  '24h': { spanMs: 24 * HOUR_MS, stepSeconds: 10 * 60 },
  '7d': { spanMs: 7 * 24 * HOUR_MS, stepSeconds: 60 * 60 },
  '30d': { spanMs: 30 * 24 * HOUR_MS, stepSeconds: 4 * 60 * 60 },
} as const;
export type TimeRange = keyof typeof TIME_RANGES;
export const RANGE_NAMES = Object.keys(TIME_RANGES) as readonly TimeRange[];

/**
 * Of a fleet that is watched since a few minutes, six hours would be empty. `watchedSince`: of the scopes
 * whose first sight is known; one that is not was watched long before.
 */
export function usualRange(
  watchedSince: ReadonlyMap<string, number>,
  presentMs: number,
): TimeRange {
  if (watchedSince.size === 0) return '6h';
  const first = Math.min(...watchedSince.values());
  return presentMs - first < TIME_RANGES['1h'].spanMs ? '1h' : '6h';
}

/** The query of `/counts` for a range that ends at a time. */
export function countsQuery(range: TimeRange, untilMs: number): string {
  const { spanMs, stepSeconds } = TIME_RANGES[range];
  return `counts?from=${untilMs - spanMs}&to=${untilMs}&step=${stepSeconds}s`;
}
