import { NEW_HEALTH, replayNotices } from '../core/health.ts';
import { EMPTY_TAIL, extendTail, fold, foldPartial, type Tail } from '../core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import { COMMITS_PER_READ, commitsPast, endOf, isCorrupt } from '../journal/read.ts';
import {
  type CheckpointRef,
  type Head,
  JournalError,
  type JournalReader,
} from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Memory } from './memory.ts';

/** Where a scope's journal stood when it was asked, and the way to the snapshot it stands for. */
export interface Loaded {
  /** The last commit at that moment. Whatever is observed later is compared with this state. */
  readonly lastSeq: number;
  readonly head: Head;
  readonly tail: Tail;
  /** The snapshot at exactly `lastSeq`. In a cold function this reads the checkpoint. */
  readonly loadSnapshot: () => Promise<LoadedSnapshot>;
}

/** A snapshot as a tick begins with it. */
export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  /** Null when the snapshot is what was stored. */
  readonly damage: Damage | null;
}

/** A checkpoint that could not be read. */
export interface Damage {
  readonly checkpoint: CheckpointRef | null;
  /** What was the matter, and what was done about it. */
  readonly note: string;
  /** The oldest commit that the snapshot was made of, where that is not all of it. */
  readonly since: number | null;
}

const NEW_HEAD: Head = { checkpoint: null, health: NEW_HEALTH, starts: {} };

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
    loadSnapshot: async () => ({ snapshot, damage: null }),
  };
}

async function loadCold(journal: JournalReader, scope: Scope): Promise<Loaded> {
  const head = (await journal.head(scope)) ?? NEW_HEAD;
  const { checkpoint } = head;
  const base = checkpoint?.seq ?? 0;
  // A slow tick may have saved its health after a newer checkpoint was stored.
  const seen = Math.min(base, head.health.seq);
  const news = await commitsPast(journal, scope, seen);
  const commits = news.filter(({ seq }) => seq > base);
  return {
    lastSeq: endOf(commits, base),
    head: { ...head, health: replayNotices(head.health, news) },
    tail: extendTail(EMPTY_TAIL, commits),
    loadSnapshot: () => loadSnapshotCold(journal, scope, { checkpoint, commits }),
  };
}

/** A checkpoint as the head names it, and the commits from there to where the tick begins. */
interface Start {
  readonly checkpoint: CheckpointRef | null;
  readonly commits: readonly Commit[];
}

async function loadSnapshotCold(
  journal: JournalReader,
  scope: Scope,
  { checkpoint, commits }: Start,
): Promise<LoadedSnapshot> {
  try {
    const stored = checkpoint && (await journal.checkpoint(scope, checkpoint));
    return { snapshot: fold(stored ?? EMPTY_SNAPSHOT, commits), damage: null };
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    const current = (await journal.head(scope))?.checkpoint ?? null;
    const lastSeq = endOf(commits, checkpoint?.seq ?? 0);
    // Another tick has stored a newer one, and has removed this one while it was being read.
    if (current !== null && !isSame(current, checkpoint)) {
      if (current.seq > lastSeq) throw overtaken(scope);
      const since = commits.filter(({ seq }) => seq > current.seq);
      return loadSnapshotCold(journal, scope, { checkpoint: current, commits: since });
    }
    const { snapshot, since } = await rebuild(journal, scope, lastSeq);
    const note = damageNote(reasonOf(error), snapshot);
    return { snapshot, damage: { note, checkpoint, since } };
  }
}

function isSame(one: CheckpointRef, other: CheckpointRef | null): boolean {
  return one.seq === other?.seq && one.writer === other.writer;
}

function overtaken({ key }: Scope): JournalError {
  return new JournalError('failed', 'Overtaken', `another tick has recorded in ${key} meanwhile`);
}

/**
 * The snapshot at `lastSeq` by the commits alone, a page of them at a time. A journal that goes back
 * to its beginning says everything. Of one whose beginning has expired, `since` is the oldest commit
 * that is left: it says nothing of instances that have not changed since.
 */
async function rebuild(
  journal: JournalReader,
  scope: Scope,
  lastSeq: number,
): Promise<{ readonly snapshot: Snapshot; readonly since: number | null }> {
  let snapshot = EMPTY_SNAPSHOT;
  let oldest: number | undefined;
  for (let from = 0; from < lastSeq; from = snapshot.seq) {
    const page = await journal.after(scope, from, COMMITS_PER_READ);
    const commits = page.filter(({ seq }) => seq <= lastSeq);
    if (commits.length === 0) break;
    oldest ??= commits[0]?.seq;
    snapshot = oldest === 1 ? fold(snapshot, commits) : foldPartial(snapshot, commits, oldest ?? 0);
  }
  return { snapshot: { ...snapshot, seq: lastSeq }, since: oldest === 1 ? null : (oldest ?? 0) };
}

function damageNote(reason: string, { baselined, instances }: Snapshot): string {
  return baselined
    ? `${reason}; rebuilt whole from the journal`
    : `${reason}; the journal still knew ${instances.size} instances, the others are taken anew`;
}
