import { fold, foldPartial } from '../core/journal.ts';
import { EMPTY_SNAPSHOT, type Scope, type Snapshot } from '../core/model.ts';
import type { JournalReader } from '../ports/journal.ts';
import { COMMITS_PER_READ } from './read.ts';

/** What the commits of a scope say without a checkpoint. */
export interface Rebuilt {
  /** As of the last commit that was found. */
  readonly snapshot: Snapshot;
  /** Null: whole. Else the oldest commit that is left (0: none), with nothing known before it. */
  readonly since: number | null;
}

/** What had been counted in the commits that have expired is not known. */
const { changeCount: _, ...UNCOUNTED } = EMPTY_SNAPSHOT;

/**
 * Rebuilds a snapshot from the commits up to `lastSeq` alone, a page of them at a time. A journal
 * that goes back to its first commit says everything. One whose beginning has expired says nothing
 * of instances that have not changed since. @throws {ChainError} where a whole journal has a gap
 */
export async function rebuildSnapshot(
  journal: Pick<JournalReader, 'after'>,
  scope: Scope,
  lastSeq: number,
): Promise<Rebuilt> {
  let snapshot = EMPTY_SNAPSHOT;
  let oldest = 0;
  while (snapshot.seq < lastSeq) {
    const page = await journal.after(scope, snapshot.seq, COMMITS_PER_READ);
    const commits = page.filter(({ seq }) => seq <= lastSeq);
    const [first] = commits;
    if (first === undefined) break;
    if (oldest === 0) {
      oldest = first.seq;
      if (oldest > 1) snapshot = UNCOUNTED;
    }
    snapshot = oldest === 1 ? fold(snapshot, commits) : foldPartial(snapshot, commits, oldest);
  }
  return { snapshot, since: oldest === 1 ? null : oldest };
}
