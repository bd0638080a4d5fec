import type { Commit } from '../../core/model.ts';

/** The shortest that a table of Tablestore keeps a row. Source: "Time to live", Limits. */
export const SHORTEST_RETENTION_MS = 24 * 60 * 60 * 1000;

/**
 * From when on the commits that are left show that all are kept; where none is left, now. `oldest`: of
 * each scope the oldest commit that is left. Commits expire in the order of their times, in all journals
 * alike: one that is kept shows that no later one is missing elsewhere.
 */
export function keptSince(oldest: readonly (Commit | undefined)[], nowMs: number): number {
  const timesMs = oldest.flatMap((commit) => (commit === undefined ? [] : [commit.atMs]));
  return Math.min(nowMs, ...timesMs);
}
