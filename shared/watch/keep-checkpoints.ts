import { isKeepingDue } from '../core/kept.ts';
import type { Scope, Snapshot } from '../core/model.ts';
import type { Runtime } from '../lib/runtime.ts';
import type { Journal } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Tick } from './tick.ts';

/** A checkpoint that this tick has stored. */
export interface SavedCheckpoint {
  readonly scope: Scope;
  readonly snapshot: Snapshot;
}

/**
 * Keeps the first checkpoint of the day of each scope, for moments of the past. This comes last in a
 * tick, since nothing else waits for it. A failure is a note, and the next checkpoint is kept instead.
 */
export async function keepCheckpoints(
  { journal, runtime }: { readonly journal: Journal; readonly runtime: Pick<Runtime, 'now'> },
  { tickId, deadlineMs }: Pick<Tick, 'tickId' | 'deadlineMs'>,
  saved: readonly SavedCheckpoint[],
): Promise<readonly string[]> {
  const notes: string[] = [];
  // One after the other: one snapshot at a time is in memory as text.
  for (const { scope, snapshot } of saved) {
    if (runtime.now() >= deadlineMs) {
      return [...notes, 'no time was left to keep the checkpoints of the day'];
    }
    const { seq } = snapshot;
    try {
      const last = await journal.keptUntil(scope, seq);
      if (isKeepingDue(last, seq, runtime.now())) {
        await journal.keepCheckpoint(scope, snapshot, tickId, runtime.now());
      }
    } catch (error) {
      notes.push(`${scope.key}: the checkpoint of the day was not kept: ${reasonOf(error)}`);
    }
  }
  return notes;
}
