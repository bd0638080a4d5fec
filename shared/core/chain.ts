import type { Change, Commit, Snapshot } from './model.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from './time.ts';

/** One row of a journal: its commit, or why it cannot be read. */
export type JournalRow = Commit | UnreadableCommit;

export interface UnreadableCommit {
  readonly seq: number;
  readonly unreadable: string;
}

/** The checkpoint that a journal is read with; no snapshot: it cannot be read. */
export interface CheckpointSeed {
  readonly seq: number;
  readonly snapshot: Snapshot | null;
}

/** Which commit it is, when it was made and by which tick. */
export interface CommitRef {
  readonly seq: number;
  readonly atMs: number;
  readonly tickId: string;
}

/** What one source shows of an instance (`found`), against what commits or a checkpoint say. */
export interface Contradiction {
  readonly instanceId: string;
  readonly expected: string | null;
  readonly found: string | null;
  /** The commit that left the instance as `expected`; null where no kept commit did. */
  readonly since: number | null;
}

/** A place where a journal contradicts itself, or lacks what it must hold. */
export type Inconsistency =
  | { readonly kind: 'missing-commits'; readonly seq: number; readonly lastSeq: number }
  | { readonly kind: 'unreadable-commit'; readonly seq: number; readonly reason: string }
  | (Contradiction & {
      readonly kind: 'wrong-from';
      readonly seq: number;
      readonly where: CommitRef;
    })
  | {
      readonly kind: 'no-move';
      readonly seq: number;
      readonly where: CommitRef;
      readonly instanceId: string;
      readonly status: string | null;
    }
  | (Contradiction & { readonly kind: 'checkpoint-differs'; readonly seq: number })
  /** The commit is dated clearly before the one that it follows. */
  | {
      readonly kind: 'time-back';
      readonly seq: number;
      readonly where: CommitRef;
      readonly beforeAtMs: number;
    };

/** What is left of a journal, from end to end. */
export interface Extent {
  readonly commits: number;
  /** The oldest row that is kept, and the newest; null for a journal without rows. */
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  /** Where the journal leads: the end of it, or a checkpoint whose commits are no longer kept. */
  readonly endSeq: number;
  /** Instances at the end; null where that cannot be known. */
  readonly instances: number | null;
  readonly baseline: { readonly seq: number; readonly atMs: number } | null;
}

export interface Chain {
  /** Takes the next row, in the order of the journal, and returns what is wrong with it. */
  next(row: JournalRow): readonly Inconsistency[];
  /** Where a snapshot as of the commit that `next` took last is not what the commits say. */
  compare(snapshot: Snapshot): readonly Contradiction[];
  /** The journal has no further row. */
  end(): readonly Inconsistency[];
  extent(): Extent;
}

/** The last status of an instance, and the commit that gave it. */
interface LastStatus {
  readonly status: string | null;
  readonly since: number | null;
}

/**
 * Reads a journal row by row and checks that each change begins where the one before it ended.
 * Every two changes of an instance that follow one another are compared, and so are the first one
 * with the empty beginning and the last one with the checkpoint: undoing the commits from the
 * newest snapshot back to the oldest would compare the same pairs.
 *
 * Where the beginning has expired or a row is missing, the chain knows no status, and learns them
 * again from what follows: one wrong row is one inconsistency, and an unknown status is none.
 */
export function examineChain(checkpoint: CheckpointSeed | null): Chain {
  let statuses = new Map<string, LastStatus>();
  /** Does an instance that `statuses` lacks certainly not exist? */
  let isComplete = false;
  let reachedSeq: number | null = null;
  let newestAtMs: number | null = null;
  let isPastCheckpoint = checkpoint === null;
  let commits = 0;
  let firstSeq: number | null = null;
  let lastSeq: number | null = null;
  let baseline: Extent['baseline'] = null;

  const forgetStatuses = (): void => {
    statuses = new Map();
    isComplete = false;
  };

  const passCheckpoint = ({ seq, snapshot }: CheckpointSeed): readonly Inconsistency[] => {
    isPastCheckpoint = true;
    const isReached = reachedSeq === seq;
    const inconsistencies: Inconsistency[] =
      reachedSeq === null || isReached
        ? []
        : [{ kind: 'missing-commits', seq: reachedSeq + 1, lastSeq: seq }];
    reachedSeq = seq;
    if (snapshot === null) {
      if (!isReached) forgetStatuses();
      return inconsistencies;
    }
    const stored = statusesIn(snapshot, statuses);
    if (isReached) {
      const found = differences(statuses, stored, isComplete);
      const kind = 'checkpoint-differs' as const;
      inconsistencies.push(...found.map((difference) => ({ kind, seq, ...difference })));
    }
    statuses = stored;
    isComplete = true;
    return inconsistencies;
  };

  const checkChange = (
    where: CommitRef,
    { instanceId, from, to }: Change,
  ): readonly Inconsistency[] => {
    const before = statuses.get(instanceId);
    statuses.set(instanceId, { status: to, since: where.seq });
    const isKnown = before !== undefined || isComplete;
    const expected = before?.status ?? null;
    const common = { seq: where.seq, where, instanceId };
    if (isKnown && expected !== from) {
      const since = before?.since ?? null;
      return [{ kind: 'wrong-from', ...common, expected, found: from, since }];
    }
    return from === to ? [{ kind: 'no-move', ...common, status: to }] : [];
  };

  return {
    next(row) {
      const inconsistencies: Inconsistency[] = [];
      if (checkpoint !== null && !isPastCheckpoint && row.seq > checkpoint.seq) {
        inconsistencies.push(...passCheckpoint(checkpoint));
      }
      if (reachedSeq === null) {
        isComplete = row.seq === 1;
      } else if (row.seq !== reachedSeq + 1) {
        const missing = { seq: reachedSeq + 1, lastSeq: row.seq - 1 };
        inconsistencies.push({ kind: 'missing-commits', ...missing });
        forgetStatuses();
      }
      commits += 1;
      firstSeq ??= row.seq;
      lastSeq = row.seq;
      reachedSeq = row.seq;
      if ('unreadable' in row) {
        forgetStatuses();
        const { seq, unreadable: reason } = row;
        return [...inconsistencies, { kind: 'unreadable-commit', seq, reason }];
      }
      const { seq, atMs, tickId, changes, notice } = row;
      const where = { seq, atMs, tickId };
      if (newestAtMs !== null && atMs < newestAtMs - MAX_CLOCK_DIFFERENCE_MS) {
        inconsistencies.push({ kind: 'time-back', seq, where, beforeAtMs: newestAtMs });
      }
      newestAtMs = atMs;
      if (notice?.kind === 'baseline' && notice.last) baseline = { seq, atMs };
      return [...inconsistencies, ...changes.flatMap((change) => checkChange(where, change))];
    },
    compare: (snapshot) => differences(statuses, statusesIn(snapshot, statuses), isComplete),
    end() {
      if (checkpoint === null || isPastCheckpoint) return [];
      // The doctor reports a checkpoint past the last row itself, with the commits that it lacks.
      return passCheckpoint(checkpoint).filter(({ kind }) => kind !== 'missing-commits');
    },
    extent: () => ({
      commits,
      firstSeq,
      lastSeq,
      endSeq: reachedSeq ?? 0,
      instances: isComplete
        ? [...statuses.values()].filter(({ status }) => status !== null).length
        : null,
      baseline,
    }),
  };
}

/** What a snapshot shows, with the releases that are known. */
function statusesIn(
  { instances }: Snapshot,
  known: ReadonlyMap<string, LastStatus>,
): Map<string, LastStatus> {
  const statuses = new Map([...known].filter(([, { status }]) => status === null));
  for (const [id, { status }] of instances) {
    const before = known.get(id);
    statuses.set(id, { status, since: before?.status === status ? before.since : null });
  }
  return statuses;
}

/** Where the commits up to a checkpoint and the checkpoint itself do not agree. */
function differences(
  statuses: ReadonlyMap<string, LastStatus>,
  stored: ReadonlyMap<string, LastStatus>,
  isComplete: boolean,
): readonly Contradiction[] {
  const contradictions: Contradiction[] = [];
  for (const instanceId of new Set([...statuses.keys(), ...stored.keys()])) {
    const before = statuses.get(instanceId);
    if (before === undefined && !isComplete) continue;
    const expected = before?.status ?? null;
    const found = stored.get(instanceId)?.status ?? null;
    const since = before?.since ?? null;
    if (expected !== found) contradictions.push({ instanceId, expected, found, since });
  }
  return contradictions;
}
