import type { Inconsistency } from '../../core/chain.ts';
import { coldReadSeq } from '../../core/health.ts';
import { isDamaged, readable, type ScopeRecord } from './records.ts';

/**
 * What can be done about a damaged checkpoint. `rebuild`: the journal says all that it held.
 * `baseline`: the beginning of the journal has expired, so the next tick takes a new baseline.
 * `none`: the journal is damaged, too.
 */
export type Recovery = 'rebuild' | 'baseline' | 'none';

export function recoveryOf(record: ScopeRecord): Recovery {
  const { checkpoint, extent, inconsistencies } = record;
  const isShort = (checkpoint?.ref?.seq ?? 0) > (extent.lastSeq ?? Number.POSITIVE_INFINITY);
  if (isShort || inconsistencies.some((item) => stopsTicks(item, record))) return 'none';
  return extent.firstSeq === 1 ? 'rebuild' : 'baseline';
}

/**
 * Can a cold tick not begin because of this inconsistency? A cold tick reads the commits past the
 * health or the checkpoint, whichever is older, and applies those past the checkpoint. When the
 * checkpoint is damaged, it applies all from the first one; or, where that has expired, takes what
 * the others say by themselves.
 */
export function stopsTicks(inconsistency: Inconsistency, record: ScopeRecord): boolean {
  const { checkpoint, extent, health } = record;
  const checkpointSeq = checkpoint?.ref?.seq ?? 0;
  switch (inconsistency.kind) {
    case 'unreadable-commit': {
      const healthSeq = readable(health)?.seq ?? 0;
      return isDamaged(checkpoint) || inconsistency.seq > coldReadSeq(checkpointSeq, healthSeq);
    }
    case 'missing-commits':
    case 'wrong-from':
      return isDamaged(checkpoint)
        ? extent.firstSeq === 1
        : lastAffectedSeq(inconsistency) > checkpointSeq;
    default:
      return false;
  }
}

function lastAffectedSeq(inconsistency: Inconsistency): number {
  return inconsistency.kind === 'missing-commits' ? inconsistency.lastSeq : inconsistency.seq;
}
