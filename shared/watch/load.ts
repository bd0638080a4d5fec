import { coldReadSeq, missedSince, NEW_HEALTH, replayNotices } from '../core/health.ts';
import { EMPTY_TAIL, extendTail, fold, type Tail } from '../core/journal.ts';
import { type Commit, EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import { commitsPast, lastSeqOf } from '../journal/read.ts';
import { readCheckpoint } from '../journal/read-checkpoint.ts';
import { rebuildSnapshot } from '../journal/rebuild.ts';
import {
  type CheckpointRef,
  type Head,
  JournalError,
  type JournalReader,
  type UnreadableCell,
} from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import { arrivalsIn } from './core/rounds.ts';
import type { Tick } from './tick.ts';

/** Where a scope's journal ended when it was read, and the way to the snapshot at that commit. */
export interface Loaded {
  /** The last commit at that moment. Whatever is observed later is compared with this state. */
  readonly lastSeq: number;
  readonly head: Head;
  /** What has appeared since the head was saved; null: a round cannot go on after what has happened. */
  readonly arrivals: ReadonlySet<string> | null;
  readonly tail: Tail;
  /** What could not be read, and was done without. */
  readonly notes: readonly string[];
  /** The snapshot at exactly `lastSeq`, once. In a cold function this reads the checkpoint. */
  readonly loadSnapshot: () => Promise<LoadedSnapshot>;
}

/** A snapshot as a tick begins with it. */
export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  /** Null when the snapshot is what was stored. */
  readonly damage: Damage | null;
}

/** A checkpoint that could not be read, and is to be replaced. */
export interface Damage {
  /** Its reference; where that cannot be read either, the text of it. */
  readonly checkpoint: CheckpointRef | string | null;
  /** What was wrong, and what was done about it. */
  readonly note: string;
  /** The commit that the truncated journal starts at; null when the snapshot is complete. */
  readonly since: number | null;
}

const NONE: ReadonlySet<string> = new Set();
export const NEW_HEAD: Head = { checkpoint: null, health: NEW_HEALTH, starts: {} };

/** What a tick knows before it reads. */
export interface KnownBefore extends Pick<Tick, 'memory' | 'heads' | 'startMs'> {
  /** The head of the scope; null: it is to be read. Absent: the one that the run remembers. */
  readonly head?: Head | null;
}

/**
 * Finds the last commit of a scope. This comes before the first request to ECS, so that no
 * observation is ever compared with a state newer than itself. In a warm function it is one small
 * range read, whatever the size of the fleet; only a cold one reads the head and a checkpoint.
 */
export async function load(
  journal: JournalReader,
  scope: Scope,
  before: KnownBefore,
): Promise<Loaded> {
  const remembered = before.memory.scopes.get(scope.key);
  if (remembered === undefined)
    return loadFrom(journal, scope, before.head ?? (await storedHead(journal, scope)));
  const { snapshot, tail } = remembered;
  // Another function has committed: the stored head may be newer than the one in memory.
  if ((await journal.lastSeq(scope)) > snapshot.seq) return loadCold(journal, scope);
  const known = before.head === undefined ? rememberedHead(before, scope) : before.head;
  const head = known ?? (await storedHead(journal, scope));
  // So may it be when this function was idle: another one may have run, with nothing to commit.
  if (missedSince(head.health, before.startMs) !== null) return loadCold(journal, scope);
  // A run that outlived its lease may have saved it late: then the journal says what it does not know.
  const isBehind = head.health.seq < snapshot.seq;
  if (isBehind || head.unreadable !== undefined) return loadFrom(journal, scope, head);
  const loadSnapshot = async () => ({ snapshot, damage: null });
  const arrivals = head.health.seq === snapshot.seq ? NONE : null;
  return { lastSeq: snapshot.seq, head, arrivals, tail, notes: [], loadSnapshot };
}

/** The same by a run that remembers nothing of the scope. */
export async function loadCold(journal: JournalReader, scope: Scope): Promise<Loaded> {
  return loadFrom(journal, scope, await storedHead(journal, scope));
}

/** The head of a scope as the last tick left it, if this run remembers it or was given it. */
export function rememberedHead(
  { memory, heads }: Pick<Tick, 'memory' | 'heads'>,
  { key }: Scope,
): Head | undefined {
  return heads === undefined ? memory.scopes.get(key)?.head : heads.get(key);
}

export async function storedHead(journal: JournalReader, scope: Scope): Promise<Head> {
  return (await journal.head(scope)) ?? NEW_HEAD;
}

async function loadFrom(journal: JournalReader, scope: Scope, head: Head): Promise<Loaded> {
  const { checkpoint, health, unreadable } = head;
  const base = checkpoint?.seq ?? 0;
  const news = await commitsPast(journal, scope, coldReadSeq(base, health.seq));
  const commits = news.filter(({ seq }) => seq > base);
  if (checkpoint !== null && commits.length === 0) {
    const end = await journal.lastSeq(scope);
    // Commits expire, the oldest first, so that an empty journal says nothing.
    const isPastTheEnd = end > 0 && end < base;
    if (isPastTheEnd && (await readCheckpoint(journal, scope, checkpoint)).snapshot === null) {
      return loadFrom(journal, scope, withoutCheckpoint(head, scope, end));
    }
  }
  const lost = unreadable?.checkpoint;
  // Without the reference, only a journal that goes back to its beginning says all.
  if (lost !== undefined && commits[0]?.seq !== 1) throw lost.error;
  let unused: readonly Commit[] | null = commits;
  return {
    lastSeq: lastSeqOf(commits, base),
    // Registering replaces starts that cannot be read.
    head: { ...head, health: replayNotices(health, news) },
    arrivals: arrivalsIn(news, health),
    tail: extendTail(EMPTY_TAIL, commits),
    notes: notesOf(unreadable),
    loadSnapshot: async () => {
      if (unused === null) throw new Error('the snapshot was loaded before');
      const used = unused;
      // Let go of them: without a checkpoint they hold the whole fleet once more, until the tick ends.
      unused = null;
      return lost === undefined
        ? loadSnapshotCold(journal, scope, { checkpoint, commits: used })
        : rebuiltFrom(used, lost);
    },
  };
}

/** The head without its checkpoint, which no tick can have stored: it is past the last commit. */
function withoutCheckpoint(head: Head, { key }: Scope, end: number): Head {
  const { checkpoint, unreadable } = head;
  const message =
    `the head of ${key} cannot be read: checkpoint.seq is ${checkpoint?.seq}, and the last commit is ` +
    `${end} (npm run doctor says what to do)`;
  const error = new JournalError('corrupt', 'CorruptRow', message);
  const text = JSON.stringify(checkpoint);
  return { ...head, checkpoint: null, unreadable: { ...unreadable, checkpoint: { error, text } } };
}

function notesOf({ health, starts }: NonNullable<Head['unreadable']> = {}): readonly string[] {
  return [
    ...(health === undefined
      ? []
      : [`${reasonOf(health.error)}; the health of the scope begins from what the journal says`]),
    ...(starts === undefined
      ? []
      : [
          `${reasonOf(starts.error)}; a channel that was sent nothing of this scope yet begins where ` +
            'the last tick ended',
        ]),
  ];
}

function rebuiltFrom(commits: readonly Commit[], { error, text }: UnreadableCell): LoadedSnapshot {
  const snapshot = fold(EMPTY_SNAPSHOT, commits);
  const note = damageNote(reasonOf(error), snapshot);
  return { snapshot, damage: { checkpoint: text ?? null, note, since: null } };
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
  const lastSeq = lastSeqOf(commits, checkpoint?.seq ?? 0);
  const read = await readCheckpoint(journal, scope, checkpoint);
  const base = read.ref?.seq ?? 0;
  if (base > lastSeq) throw overtaken(scope);
  if (read.snapshot !== null) {
    const further = commits.filter(({ seq }) => seq > base);
    return { snapshot: fold(counting(read.snapshot), further), damage: null };
  }
  const rebuilt = await rebuildSnapshot(journal, scope, lastSeq);
  // The next commit follows the lost checkpoint, even where commits before that are missing.
  const snapshot = { ...counting(rebuilt.snapshot), seq: lastSeq };
  const note = damageNote(reasonOf(read.damage), snapshot);
  return { snapshot, damage: { note, checkpoint: read.ref, since: rebuilt.since } };
}

/**
 * Counting begins here where an older version stored the checkpoint, or its first commits have expired.
 * It is stored with the next one, so that every reader has the same count.
 */
function counting(snapshot: Snapshot): Snapshot {
  return { ...snapshot, changeCount: snapshot.changeCount ?? 0 };
}

function overtaken({ key }: Scope): JournalError {
  return new JournalError('failed', 'Overtaken', `another tick has recorded in ${key} meanwhile`);
}

function damageNote(reason: string, { baselined, instances }: Snapshot): string {
  return baselined
    ? `${reason}; rebuilt whole from the journal`
    : `${reason}; the journal still knew ${instances.size} instances, all others are taken as a new baseline`;
}
