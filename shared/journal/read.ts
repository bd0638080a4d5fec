import type { Commit, Scope } from '../core/model.ts';
import { JournalError, type JournalReader } from '../ports/journal.ts';

/** Commits that one read of the journal asks for. */
export const COMMITS_PER_READ = 1_000;

/** All commits of a scope past `seq`, oldest first. */
export async function commitsPast(
  journal: JournalReader,
  scope: Scope,
  seq: number,
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  for (;;) {
    const more = await journal.after(scope, endOf(commits, seq), COMMITS_PER_READ);
    commits.push(...more);
    if (more.length < COMMITS_PER_READ) return commits;
  }
}

/** The last commit itself, since a count of them would lie where one is missing. */
export function endOf(commits: readonly Commit[], base: number): number {
  return commits.at(-1)?.seq ?? base;
}

export function isCorrupt(error: unknown): boolean {
  return error instanceof JournalError && error.kind === 'corrupt';
}
