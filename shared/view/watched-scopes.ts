import type { Scope } from '../core/model.ts';
import type { JournalReader } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';

/** What a warm view remembers of the list of scopes that the watcher has stored. */
export interface ListMemory {
  read?: { readonly atMs: number; readonly scopes: readonly Scope[] | null };
}

export interface WatchedScopes {
  readonly scopes: readonly Scope[];
  /** Why the stored list is not used, for the log. */
  readonly problem?: string;
}

/** The list changes with the configuration, or when a region is new: rarely. */
const REMEMBER_MS = 60_000;
/** A view that was deployed before the first tick waits for the first list. */
const REMEMBER_NONE_MS = 5_000;

/**
 * The scopes that the watcher has stored; where it has stored none, or they cannot be read, those of
 * the view's own configuration. @throws {JournalError} when there are none of either
 */
export async function watchedScopes(
  journal: Pick<JournalReader, 'watchList'>,
  configured: readonly Scope[],
  nowMs: number,
  memory: ListMemory,
): Promise<WatchedScopes> {
  const { read } = memory;
  if (read !== undefined) {
    const ageMs = nowMs - read.atMs;
    const isFresh = ageMs >= 0 && ageMs < (read.scopes === null ? REMEMBER_NONE_MS : REMEMBER_MS);
    if (isFresh) return { scopes: read.scopes ?? configured };
  }
  try {
    const stored = await journal.watchList();
    const isReadable = stored !== undefined && 'value' in stored;
    const scopes = isReadable ? stored.value.scopes : null;
    memory.read = { atMs: nowMs, scopes };
    return {
      scopes: scopes ?? configured,
      ...(stored !== undefined && 'unreadable' in stored && { problem: listProblem(stored) }),
    };
  } catch (error) {
    const scopes = read?.scopes ?? configured;
    if (scopes.length === 0) throw error;
    return { scopes, problem: `what is watched could not be read: ${reasonOf(error)}` };
  }
}

function listProblem({ unreadable: what }: { readonly unreadable: string }): string {
  return `the stored list of what is watched (scope watcher, item scopes) cannot be read: ${what}`;
}
