import type { Commit, Scope } from './core/model.ts';
import { type Journal, JournalError, type World } from './ports.ts';

/** Tries at one append whose outcome stays unknown, and the first pause between them. */
const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;

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
  world: World,
): Promise<Recorded> {
  const appended: Commit[] = [];
  for (const commit of commits) {
    if ((await appendOnce(journal, scope, commit, world)) === 'taken') {
      return { appended, overtaken: true };
    }
    appended.push(commit);
  }
  return { appended, overtaken: false };
}

/**
 * One append. A write whose answer was lost may have been applied, at once or later; sent again it
 * would then fail and look like somebody else's win. So after a lost answer the row is read back:
 * mine, another's, or not there yet.
 */
async function appendOnce(
  journal: Journal,
  scope: Scope,
  commit: Commit,
  world: World,
): Promise<'appended' | 'taken'> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await append(journal, commit);
    if (result === 'appended' || (result === 'taken' && attempt === 1)) return result;
    const stored = await journal.commitAt(scope, commit.seq);
    if (stored !== undefined) return stored.tickId === commit.tickId ? 'appended' : 'taken';
    if (attempt === MAX_ATTEMPTS) throw result;
    await world.sleep(Math.ceil(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + world.random())));
  }
}

async function append(
  journal: Journal,
  commit: Commit,
): Promise<'appended' | 'taken' | JournalError> {
  try {
    return await journal.append(commit);
  } catch (error) {
    if (error instanceof JournalError && error.kind === 'unknown') return error;
    throw error;
  }
}
