import { NEW_HEALTH } from './core/health.ts';
import { EMPTY_TAIL, fold, lengthen, type Tail } from './core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT, type Scope, type Snapshot } from './core/model.ts';
import type { Memory } from './memory.ts';
import type { Head, JournalReader } from './ports.ts';

/** Where a scope's journal stood when it was asked, and the way to the snapshot it stands for. */
export interface Loaded {
  /** The last commit at that moment. Whatever is observed later is compared with this state. */
  readonly lastSeq: number;
  readonly head: Head;
  readonly tail: Tail;
  /** The snapshot at exactly `lastSeq`. In a cold function this reads the checkpoint. */
  readonly snapshot: () => Promise<Snapshot>;
}

/** Commits that one read of the journal asks for. */
export const COMMITS_PER_READ = 1_000;

const NEW_HEAD: Head = { checkpoint: null, health: NEW_HEALTH };

/**
 * Finds the last commit of a scope. This comes before the first request to ECS, so that no
 * observation is ever compared with a state newer than itself. Warm, it is one small range read,
 * whatever the size of the fleet; only a cold function reads the head and then a checkpoint.
 */
export async function load(journal: JournalReader, scope: Scope, memory: Memory): Promise<Loaded> {
  const remembered = memory.scopes.get(scope.key);
  if (remembered === undefined) return loadCold(journal, scope);
  const { snapshot, tail } = remembered;
  const news = await commitsPast(journal, scope, snapshot.seq);
  // Somebody else has been here: their head may be newer than the one in memory.
  if (news.length > 0) return loadCold(journal, scope);
  return {
    lastSeq: snapshot.seq,
    head: remembered.head,
    tail,
    snapshot: async () => snapshot,
  };
}

async function loadCold(journal: JournalReader, scope: Scope): Promise<Loaded> {
  const head = (await journal.head(scope)) ?? NEW_HEAD;
  const { checkpoint } = head;
  const base = checkpoint?.seq ?? 0;
  const commits = await commitsPast(journal, scope, base);
  return {
    lastSeq: base + commits.length,
    head,
    tail: lengthen(EMPTY_TAIL, commits),
    snapshot: async () =>
      fold(
        checkpoint === null ? EMPTY_SNAPSHOT : await journal.checkpoint(scope, checkpoint),
        commits,
      ),
  };
}

/** All commits of a scope past `seq`, oldest first. */
export async function commitsPast(
  journal: JournalReader,
  scope: Scope,
  seq: number,
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  for (;;) {
    const more = await journal.after(scope, seq + commits.length, COMMITS_PER_READ);
    commits.push(...more);
    if (more.length < COMMITS_PER_READ) return commits;
  }
}
