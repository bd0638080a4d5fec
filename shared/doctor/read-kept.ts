import type { Chain } from '../core/chain.ts';
import type { Scope } from '../core/model.ts';
import type { KeptRow, RawJournal } from '../ports/raw-journal.ts';
import type { WrongKept } from './core/records.ts';

/** The kept checkpoints of a scope, each compared with the commits when these have come to it. */
export interface KeptExamination {
  /** `seq`: the commit that the chain has reached. */
  compare(seq: number): Promise<void>;
  /** What is wrong with them, those included whose commit is no longer there. */
  end(): Promise<readonly WrongKept[]>;
}

/** One snapshot at a time is in memory. */
export async function readKept(
  rows: RawJournal,
  scope: Scope,
  chain: Pick<Chain, 'compare'>,
): Promise<KeptExamination> {
  const left = new Map((await rows.kept(scope)).map((row) => [row.seq, row]));
  const found: WrongKept[] = [];

  const examine = async ({ seq, kept }: KeptRow, isReached: boolean): Promise<void> => {
    const snapshot = 'value' in kept ? await rows.keptSnapshot(scope, kept.value) : kept;
    if ('unreadable' in snapshot) {
      found.push({ seq, wrong: snapshot.unreadable });
      return;
    }
    const wrong = isReached ? chain.compare(snapshot.value) : [];
    if (wrong.length > 0) found.push({ seq, wrong });
  };

  return {
    async compare(seq) {
      const row = left.get(seq);
      if (row === undefined) return;
      left.delete(seq);
      await examine(row, true);
    },
    async end() {
      for (const row of left.values()) await examine(row, false);
      return found;
    },
  };
}
