import { counted } from '../../../core/text.ts';
import { type Recovery, recoveryOf } from '../cold-tick.ts';
import { clean, type Finding, isAre, note, problem } from '../finding.ts';
import type { ScopeRecord } from '../records.ts';

export function* examineCheckpoint(record: ScopeRecord): Generator<Finding> {
  const { checkpoint, extent } = record;
  const { firstSeq, lastSeq } = extent;
  // The first commits have expired, and nothing holds what they said.
  if (checkpoint === null && firstSeq !== null && firstSeq > 1) {
    yield problem(
      'no-checkpoint',
      `The journal begins with commit ${firstSeq}, and no checkpoint holds what was before: the snapshot is unknown, and a cold tick cannot begin.`,
      'Restore the checkpoint or the first commits from a backup. Without a backup, choose another TABLESTORE_TABLE_PREFIX, which begins with a new baseline.',
      { firstSeq },
    );
  }
  const { ref = null, damage = [] } = checkpoint ?? {};
  const seq = ref?.seq ?? null;
  if (damage.length > 0) {
    const recovery = recoveryOf(record);
    yield problem(
      'checkpoint-damaged',
      `The checkpoint${seq === null ? '' : ` at commit ${seq}`} cannot be read: ${damage.map(clean).join('; ')}.`,
      damageAdvice(recovery, seq === null),
      { seq, damage, recovery },
    );
  }
  // Without any row, all commits that the checkpoint holds may have expired: a quiet scope.
  if (seq !== null && lastSeq !== null && seq > lastSeq) {
    const missing = lastSeq + 1 === seq ? `commit ${seq} is` : `commits ${lastSeq + 1}–${seq} are`;
    yield problem(
      'checkpoint-ahead',
      `The checkpoint is at commit ${seq}, but the journal ends at commit ${lastSeq}: ${missing} missing.`,
      'The snapshot is whole, and ticks continue after the checkpoint; the history in between is lost. Find out what removed rows of the journal table.',
      { seq, lastSeq },
    );
  }
}

function damageAdvice(recovery: Recovery, isReferenceLost: boolean): string {
  switch (recovery) {
    case 'rebuild':
      return 'The journal goes back to its first commit and holds all that the checkpoint held: --repair stores a fresh one. The next cold tick does the same.';
    case 'none':
      return 'The journal is damaged as well, so no fresh checkpoint can be made from it. Fix the problems of the journal first, then run the doctor again.';
    case 'baseline':
      return isReferenceLost
        ? 'The beginning of the journal has expired, so the journal does not hold what the checkpoint held, and no tick can begin. Restore the column checkpoint of the row with item "head" in the state table, or choose another TABLESTORE_TABLE_PREFIX, which begins with a new baseline.'
        : 'The beginning of the journal has expired, so a checkpoint made from it would be incomplete, and none is stored. The next tick continues with the instances that the journal still names, and takes a new baseline for all others; it announces none of those as new or as released.';
  }
}

export function* examineParts(record: ScopeRecord, nowMs: number): Generator<Finding> {
  const count = record.strayParts.length;
  if (count === 0) return;
  const removable = removableParts(record, nowMs).length;
  const young = count - removable;
  yield note(
    'parts-left',
    `${counted(count, 'part')} of other checkpoints ${isAre(count)} left over, from ticks that died while they stored one${young === 0 ? '' : `, or that are storing one now (${young} written within the last 15 minutes)`}.`,
    'Harmless: the next checkpoint removes them, and --repair removes those that are older than 15 minutes.',
    { count, removable },
  );
}

/** The tick that wrote an older part is over: it died before its checkpoint became current. */
const PART_IN_USE_MS = 15 * 60 * 1000;

/** Stray parts that no tick can still be storing. */
export function removableParts({ strayParts }: ScopeRecord, nowMs: number): readonly string[] {
  return strayParts
    .filter(({ writtenAtMs }) => writtenAtMs < nowMs - PART_IN_USE_MS)
    .map(({ name }) => name);
}
