/**
 * The pause before retry `attempt + 1`: `firstMs` doubled with each attempt (from 1), spread by
 * ±50 % so that clients that failed together do not come back together.
 */
export function backoffMs(firstMs: number, attempt: number, random: () => number): number {
  return Math.ceil(firstMs * 2 ** (attempt - 1) * (0.5 + random()));
}
