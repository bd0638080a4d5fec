import type { ChannelState } from '../core/channel-state.ts';
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
    const page = await journal.after(scope, lastSeqOf(commits, seq), COMMITS_PER_READ);
    commits.push(...page);
    if (page.length < COMMITS_PER_READ) return commits;
  }
}

/** Taken from the last commit itself: where one is missing, a count of them would be wrong. */
export function lastSeqOf(commits: readonly Commit[], base: number): number {
  return commits.at(-1)?.seq ?? base;
}

export function isCorrupt(error: unknown): error is JournalError {
  return error instanceof JournalError && error.kind === 'corrupt';
}

/**
 * A channel's row, for what is said of several channels; undefined: it has none; null: it cannot be read. The
 * delivery of that channel names such a row, which keeps nothing from the others.
 */
export async function readableChannel(
  journal: JournalReader,
  name: string,
): Promise<ChannelState | null | undefined> {
  try {
    return await journal.channel(name);
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return null;
  }
}
