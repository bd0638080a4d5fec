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

/** The commit that a flaw stands in: which, when and by which tick. */
export interface Where {
  readonly seq: number;
  readonly atMs: number;
  readonly tickId: string;
}

/** A place where a journal contradicts itself, or does not say what it must. */
export type Inconsistency =
  | { readonly kind: 'missing-commits'; readonly seq: number; readonly lastSeq: number }
  | { readonly kind: 'unreadable-commit'; readonly seq: number; readonly reason: string }
  /** `since`: the commit that left the instance as `expected`; null where none that is kept did. */
  | {
      readonly kind: 'wrong-from';
      readonly seq: number;
      readonly where: Where;
      readonly instanceId: string;
      readonly expected: string | null;
      readonly found: string | null;
      readonly since: number | null;
    }
  | {
      readonly kind: 'no-move';
      readonly seq: number;
      readonly where: Where;
      readonly instanceId: string;
      readonly status: string | null;
    }
  | {
      readonly kind: 'checkpoint-differs';
      readonly seq: number;
      readonly instanceId: string;
      readonly expected: string | null;
      readonly found: string | null;
      readonly since: number | null;
    }
  /** Its commit is dated clearly before the one that it follows. */
  | {
      readonly kind: 'time-back';
      readonly seq: number;
      readonly where: Where;
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
  /** Takes the next row, in the order of the journal, and answers what is wrong with it. */
  next(link: JournalRow): readonly Inconsistency[];
  /** The journal has no further row. */
  end(): readonly Inconsistency[];
  extent(): Extent;
}

/** What is known of an instance, and the commit that left it so. */
interface Known {
  readonly status: string | null;
  readonly since: number | null;
}

/**
 * Reads a journal row by row and checks that each change begins where the one before it ended.
 * Every two changes of an instance that follow one another are compared, and so are the first one
 * with the empty beginning and the last one with the checkpoint: undoing the commits from the
 * newest snapshot back to the oldest would compare the same pairs.
 *
 * Where the beginning has expired or a row is missing, it knows nothing, and learns again from
 * what follows: one lie is one flaw, and what it does not know is no flaw.
 */
export function examineChain(anchor: CheckpointSeed | null): Chain {
  let known = new Map<string, Known>();
  /** Is an instance that is not among the known ones known not to be there? */
  let isWhole = false;
  let reachedSeq: number | null = null;
  let newestAtMs: number | null = null;
  let isAnchorMet = anchor === null;
  let commits = 0;
  let firstSeq: number | null = null;
  let lastSeq: number | null = null;
  let baseline: Extent['baseline'] = null;

  const forget = (): void => {
    known = new Map();
    isWhole = false;
  };

  const meet = ({ seq, snapshot }: CheckpointSeed): readonly Inconsistency[] => {
    isAnchorMet = true;
    const isThere = reachedSeq === seq;
    const flaws: Inconsistency[] =
      reachedSeq === null || isThere
        ? []
        : [{ kind: 'missing-commits', seq: reachedSeq + 1, lastSeq: seq }];
    reachedSeq = seq;
    if (snapshot === null) {
      if (!isThere) forget();
      return flaws;
    }
    const stored = new Map([...known].filter(([, { status }]) => status === null));
    for (const [id, { status }] of snapshot.instances) {
      const before = known.get(id);
      stored.set(id, { status, since: before?.status === status ? before.since : null });
    }
    if (isThere) flaws.push(...differences(seq, known, stored, isWhole));
    known = stored;
    isWhole = true;
    return flaws;
  };

  const judge = (where: Where, { instanceId, from, to }: Change): readonly Inconsistency[] => {
    const before = known.get(instanceId);
    known.set(instanceId, { status: to, since: where.seq });
    const isKnown = before !== undefined || isWhole;
    const expected = before?.status ?? null;
    const common = { seq: where.seq, where, instanceId };
    if (isKnown && expected !== from) {
      const since = before?.since ?? null;
      return [{ kind: 'wrong-from', ...common, expected, found: from, since }];
    }
    return from === to ? [{ kind: 'no-move', ...common, status: to }] : [];
  };

  return {
    next(link) {
      const flaws: Inconsistency[] = [];
      if (anchor !== null && !isAnchorMet && link.seq > anchor.seq) flaws.push(...meet(anchor));
      if (reachedSeq === null) {
        isWhole = link.seq === 1;
      } else if (link.seq !== reachedSeq + 1) {
        flaws.push({ kind: 'missing-commits', seq: reachedSeq + 1, lastSeq: link.seq - 1 });
        forget();
      }
      commits += 1;
      firstSeq ??= link.seq;
      lastSeq = link.seq;
      reachedSeq = link.seq;
      if ('unreadable' in link) {
        forget();
        return [...flaws, { kind: 'unreadable-commit', seq: link.seq, reason: link.unreadable }];
      }
      const { seq, atMs, tickId, changes, notice } = link;
      const where = { seq, atMs, tickId };
      if (newestAtMs !== null && atMs < newestAtMs - MAX_CLOCK_DIFFERENCE_MS) {
        flaws.push({ kind: 'time-back', seq, where, beforeAtMs: newestAtMs });
      }
      newestAtMs = atMs;
      if (notice?.kind === 'baseline' && notice.last) baseline = { seq, atMs };
      return [...flaws, ...changes.flatMap((change) => judge(where, change))];
    },
    end() {
      if (anchor === null || isAnchorMet) return [];
      // A checkpoint past the last row is a finding of its own: which commits it needs is told there.
      return meet(anchor).filter(({ kind }) => kind !== 'missing-commits');
    },
    extent: () => ({
      commits,
      firstSeq,
      lastSeq,
      endSeq: reachedSeq ?? 0,
      instances: isWhole
        ? [...known.values()].filter(({ status }) => status !== null).length
        : null,
      baseline,
    }),
  };
}

/** Where the journal and the checkpoint at the same commit do not agree. */
function differences(
  seq: number,
  known: ReadonlyMap<string, Known>,
  stored: ReadonlyMap<string, Known>,
  isWhole: boolean,
): readonly Inconsistency[] {
  const flaws: Inconsistency[] = [];
  for (const instanceId of new Set([...known.keys(), ...stored.keys()])) {
    const before = known.get(instanceId);
    if (before === undefined && !isWhole) continue;
    const expected = before?.status ?? null;
    const found = stored.get(instanceId)?.status ?? null;
    const since = before?.since ?? null;
    if (expected !== found) {
      flaws.push({ kind: 'checkpoint-differs', seq, instanceId, expected, found, since });
    }
  }
  return flaws;
}
