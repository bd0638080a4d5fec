import type { Commit, Scope } from '../core/model.ts';
import { appendOnce } from '../journal/append-once.ts';
import type { Limits } from '../lib/write-once.ts';
import type { Journal } from '../ports/journal.ts';

export interface Recorded {
  readonly appended: readonly Commit[];
  /** Another tick has committed since this one read the last seq. */
  readonly isOvertaken: boolean;
}

/**
 * Appends commits in order and stops at the first place that another tick has taken: then this
 * tick's scan may be older than that commit, and the next tick scans again.
 */
export async function record(
  journal: Journal,
  scope: Scope,
  commits: readonly Commit[],
  limits: Limits,
): Promise<Recorded> {
  const appended: Commit[] = [];
  for (const commit of commits) {
    if ((await appendOnce(journal, scope, commit, limits)) === 'taken') {
      return { appended, isOvertaken: true };
    }
    appended.push(commit);
  }
  return { appended, isOvertaken: false };
}
