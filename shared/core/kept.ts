const DAY_MS = 24 * 60 * 60 * 1000;

/** The last checkpoint that was kept. It stays as long as commits do. */
interface Kept {
  readonly seq: number;
  /** When it was stored. */
  readonly atMs: number;
}

/**
 * Is the snapshot at `seq`, which is being stored as a checkpoint, to be kept? The first one of each UTC
 * day is. Checkpoints are stored after some commits or a day, so that between two that are kept there
 * are no more commits than those of a day and of one checkpoint.
 */
export function isKeepingDue(last: Kept | undefined, seq: number, nowMs: number): boolean {
  return last === undefined || (last.seq < seq && dayOf(last.atMs) !== dayOf(nowMs));
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}
