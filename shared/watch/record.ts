import type { Commit, Scope } from '../core/model.ts';
import { type Limits, writeOnce } from '../lib/write-once.ts';
import { isUnknownOutcome, type Journal } from '../ports/journal.ts';

export interface Recorded {
  readonly appended: readonly Commit[];
  /** Somebody else has committed since the last seq was read. */
  readonly overtaken: boolean;
}

/**
 * Appends commits in order and stops at the first place that somebody else has taken: then what
 * this tick saw is older than the journal, and the next tick looks again.
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
      return { appended, overtaken: true };
    }
    appended.push(commit);
  }
  return { appended, overtaken: false };
}

async function appendOnce(
  journal: Journal,
  scope: Scope,
  commit: Commit,
  limits: Limits,
): Promise<'done' | 'taken'> {
  const write = async () => ((await journal.append(commit)) === 'appended' ? 'done' : 'taken');
  const readBack = async () => {
    const stored = await journal.commitAt(scope, commit.seq);
    if (stored === undefined) return 'absent';
    return stored.tickId === commit.tickId ? 'ours' : 'theirs';
  };
  return writeOnce({ write, readBack, isUnknown: isUnknownOutcome }, limits);
}
