import type { Commit, Snapshot } from '../../core/model.ts';
import { COUNT, mapSchema, orNull } from './schema.ts';

/** Status → number of instances at one time. Null: the state of some scope was too old to count. */
export type Point = Map<string, number> | null;

/** The state of a scope at the last point or later, and the commits before it back to the first. */
export interface CountedScope {
  readonly snapshot: Snapshot;
  readonly commits: readonly Commit[];
  /** Until when the state was seen. */
  readonly seenAtMs: number | null;
  /** The age from which on a state is stale. */
  readonly patienceMs: number;
}

/** Adds the instances of a scope to the points of these times, which are in ascending order. */
export function addCounts(
  points: Point[],
  { snapshot, commits, seenAtMs: seenUntilMs, patienceMs }: CountedScope,
  timesMs: readonly number[],
): void {
  const counts = new Map<string, number>();
  const count = (status: string | null, by: number): void => {
    if (status !== null) counts.set(status, (counts.get(status) ?? 0) + by);
  };
  for (const { status } of snapshot.instances.values()) count(status, 1);
  let left = commits.length;
  let seenAtMs = seenUntilMs;
  for (let index = timesMs.length - 1; index >= 0; index -= 1) {
    const timeMs = timesMs[index] ?? 0;
    for (; (commits[left - 1]?.atMs ?? timeMs) > timeMs; left -= 1) {
      seenAtMs = commits[left - 1]?.previousAtMs ?? null;
      for (const { from, to } of commits[left - 1]?.changes ?? []) {
        count(to, -1);
        count(from, 1);
      }
    }
    const point = points[index] ?? null;
    if (point === null) continue;
    if (seenAtMs === null || timeMs > seenAtMs + patienceMs) points[index] = null;
    else
      for (const [status, number] of counts) point.set(status, (point.get(status) ?? 0) + number);
  }
}

/** Without the statuses that no instance has. */
export function pointJson(point: Point): Readonly<Record<string, number>> | null {
  if (point === null) return null;
  return Object.fromEntries([...point].filter(([, number]) => number !== 0).sort());
}

export const POINT_SCHEMA = orNull(mapSchema(COUNT));
