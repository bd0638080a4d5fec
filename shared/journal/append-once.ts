import type { Commit, Scope } from '../core/model.ts';
import { type Limits, writeOnce } from '../lib/write-once.ts';
import { isUnknownOutcome, type Journal } from '../ports/journal.ts';

/** Appends a commit once, also where the answer to the write is lost. @throws {JournalError} */
export async function appendOnce(
  journal: Pick<Journal, 'append' | 'commitAt'>,
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
