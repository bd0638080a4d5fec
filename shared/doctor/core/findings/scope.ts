import type { HealthLimits } from '../../../core/health.ts';
import { isoTime } from '../../../core/time.ts';
import { WATCHER } from '../../../core/watcher-journal.ts';
import { clean, type Finding, problem } from '../finding.ts';
import { readable, type ScopeRecord } from '../records.ts';
import { examineCheckpoint, examineParts } from './checkpoint.ts';
import { examineHealth } from './health.ts';
import { examineJournal } from './journal.ts';
import { examineKept } from './kept.ts';

/** @param maxLeaseMs the longest that a lease may last */
export function* examineScope(
  record: ScopeRecord,
  nowMs: number,
  maxLeaseMs: number,
  limits?: HealthLimits,
): Generator<Finding> {
  const { health, starts, checkpoint, extent, lease } = record;
  if (health === null && checkpoint === null && extent.commits === 0) {
    yield NOTHING_STORED;
    return;
  }
  yield* examineCheckpoint(record);
  yield* examineJournal(record);
  yield* examineParts(record, nowMs);
  yield* examineKept(record);
  // The watcher's own journal is of no fleet, so no scan ever ends in it.
  if (record.scope !== WATCHER.key) yield* examineHealth(health, nowMs, limits);
  if (starts !== null && 'unreadable' in starts) {
    yield problem(
      'starts-unreadable',
      `Where channels begin in this journal (column starts of the head row) cannot be read: ${clean(starts.unreadable)}.`,
      'Nothing, if ticks run: the next cold one replaces them. A channel that was sent nothing of this scope yet begins where the last tick ended.',
    );
  }
  yield* examineLease(lease, nowMs + maxLeaseMs);
}

function* examineLease(stored: ScopeRecord['lease'], latestMs: number): Generator<Finding> {
  if (stored !== null && 'unreadable' in stored) {
    yield problem(
      'lease-unreadable',
      `The lease (columns leaseOwner and leaseUntil of the head row) cannot be read: ${clean(stored.unreadable)}.`,
      'Nothing, if ticks run: such a lease counts as none, and the next tick replaces it.',
    );
    return;
  }
  const lease = readable(stored);
  if (lease !== null && lease.untilMs > latestMs) {
    yield problem(
      'lease-of-wrong-clock',
      `${clean(lease.owner)} holds the lease until ${isoTime(lease.untilMs)}, longer than any lease may last: its clock was wrong, or the clock of this machine is.`,
      'Ticks ignore such a lease, and the next one replaces it. Check the clock of this machine.',
      { ...lease },
    );
  }
}

export const NOTHING_STORED = problem(
  'nothing-stored',
  'Nothing is stored for this scope: no tick has ever recorded anything here.',
  'New installation? Run npm run watch -- --once. If a tick should have, WATCH_REGIONS, WATCH_ZONE, WATCH_CLUSTER, WATCH_INSTANCE_IDS, WATCH_CONFIG or one of the TABLESTORE_ variables differs from those of the watch function.',
);
