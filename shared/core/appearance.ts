import type { Change, Commit } from './model.ts';
import { pauseBefore } from './pause.ts';

/** How an instance comes into a snapshot. */
export type Appearance =
  | 'new'
  /** It was recorded as released, but ECS had only not shown it. */
  | 'returned'
  /** It was created before the last complete scan, which did not show it. */
  | 'created-before';

/** ECS writes the time of a creation to the minute, rounded down. */
const CREATION_PRECISION_MS = 60_000;

/** Null for an instance that was in the snapshot already. */
export function appearanceOf(
  { previousAtMs }: Pick<Commit, 'previousAtMs'>,
  { from, returned, created = '' }: Change,
): Appearance | null {
  if (from !== null) return null;
  if (returned === true) return 'returned';
  // What is no time is not before any.
  const isBefore =
    previousAtMs !== null && Date.parse(created) + CREATION_PRECISION_MS < previousAtMs;
  return isBefore ? 'created-before' : 'new';
}

/** Was the status that a change leads to seen to begin? After a pause it may be hours old. */
export function isBeginningSeen(commit: Commit, change: Change): boolean {
  if (pauseBefore(commit) !== null) return false;
  const appearance = appearanceOf(commit, change);
  if (appearance === null) return true;
  return appearance === 'new' && commit.notice?.kind !== 'baseline';
}
