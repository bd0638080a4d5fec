import type { Inconsistency } from '../../../core/chain.ts';
import { isoTime } from '../../../core/time.ts';
import { stopsTicks } from '../cold-tick.ts';
import { clean, type Finding, NOTHING_TO_DO, note, problem } from '../finding.ts';
import { readable, type ScopeRecord } from '../records.ts';

export function* examineJournal(record: ScopeRecord): Generator<Finding> {
  const { endSeq } = record.extent;
  const seq = readable(record.health)?.seq ?? 0;
  if (seq > endSeq) {
    yield problem(
      'commits-lost',
      `The journal ends at commit ${endSeq}, but a tick has recorded up to commit ${seq}: what came after is gone.`,
      'Find out what removed rows of the journal table. The next tick compares with what is left, and announces every difference as new.',
      { seq, endSeq },
    );
  }
  for (const inconsistency of record.inconsistencies) {
    yield explain(inconsistency, stopsTicks(inconsistency, record));
  }
}

const NEVER_EDITED = 'The doctor never edits a commit';

function explain(item: Inconsistency, isStop: boolean): Finding {
  const { kind, seq } = item;
  const fields = { stopsTicks: isStop, ...item };
  const stop = isStop ? ' No cold tick can begin until this is fixed.' : '';
  switch (kind) {
    case 'missing-commits':
      return problem(
        kind,
        `${seq === item.lastSeq ? `Commit ${seq} is` : `Commits ${seq}–${item.lastSeq} are`} missing from the journal, though older ones or a checkpoint of older ones are kept.${stop}`,
        `Restore the rows from a backup, and find out what removed them. ${isStop ? 'Without a backup, choose another TABLESTORE_TABLE_PREFIX, which begins with a new baseline.' : 'Ticks continue; the history of that time is lost.'}`,
        fields,
      );
    case 'unreadable-commit':
      return problem(
        kind,
        `Commit ${seq} cannot be read: ${clean(item.reason)}.${stop}`,
        `${NEVER_EDITED}: restore the row from a backup, or correct its columns in the Tablestore console.${isStop ? '' : ' Ticks continue; history cannot be read past it.'}`,
        fields,
      );
    case 'wrong-from':
      return problem(
        kind,
        `${commit(item)} moves ${clean(item.instanceId)} from ${status(item.found)}, but ${earlier(item)}.${stop}`,
        `One of the two is wrong. ${NEVER_EDITED}: once it is known which, correct that row in the Tablestore console.${isStop ? '' : ' Ticks continue; the history of this instance before that commit is not to be trusted.'}`,
        fields,
      );
    case 'no-move':
      return problem(
        kind,
        `${commit(item)} says that ${clean(item.instanceId)} moved from ${status(item.status)} to ${status(item.status)}, which is no change.`,
        'No tick writes that: find out what else writes to the journal table.',
        fields,
      );
    case 'checkpoint-differs':
      return problem(
        kind,
        `The checkpoint at commit ${seq} shows ${clean(item.instanceId)} as ${status(item.found)}, but ${earlier(item)}.`,
        'One of the two is wrong. Ticks continue from the checkpoint, and the next scan announces what differs from it; the history of this instance is not to be trusted.',
        fields,
      );
    case 'time-back':
      // A clock that was set back does not touch what the journal says.
      return note(
        kind,
        `${commit(item)} is dated before the commit that it follows (${isoTime(item.beforeAtMs)}): a clock was wrong then, or the rows were swapped.`,
        `${NOTHING_TO_DO} The order of the journal is that of its numbers.`,
        fields,
      );
  }
}

type Inconsistent<Kind> = Extract<Inconsistency, { readonly kind: Kind }>;

function commit({ where }: Inconsistent<'wrong-from' | 'no-move' | 'time-back'>): string {
  return `Commit ${where.seq} (${isoTime(where.atMs)}, tick ${clean(where.tickId)})`;
}

/** What the journal said of the instance before. */
function earlier({ expected, since }: Inconsistent<'wrong-from' | 'checkpoint-differs'>): string {
  if (since !== null) return `commit ${since} left it as ${status(expected)}`;
  return expected === null
    ? 'nothing before had shown it'
    : `the checkpoint before shows it as ${status(expected)}`;
}

function status(value: string | null): string {
  return value === null ? 'absent' : clean(value);
}
