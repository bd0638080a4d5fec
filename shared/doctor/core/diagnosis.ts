import type { Extent, Inconsistency } from '../../core/chain.ts';
import {
  type ChannelState,
  NEW_CHANNEL,
  type Position,
  type Starts,
  startOf,
  withStarts,
} from '../../core/channel-state.ts';
import type { Health } from '../../core/health.ts';
import { STALE_AFTER_MS } from '../../core/health.ts';
import type { Stored } from '../../core/stored.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from '../../core/time.ts';
/** What stands in a scope's rows, as it was read. */
export interface ScopeRecord {
  readonly scope: string;
  /** Null: never written. */
  readonly health: Stored<Health> | null;
  /** Where channels begin in this journal; null: never written. */
  readonly starts: Stored<Starts> | null;
  readonly lease: { readonly owner: string; readonly untilMs: number } | null;
  readonly checkpoint: CheckpointRecord | null;
  readonly extent: Extent;
  readonly flaws: readonly Inconsistency[];
  readonly strayParts: readonly { readonly name: string; readonly writtenAtMs: number }[];
}

export interface CheckpointRecord {
  /** Null: the reference to it cannot be read. */
  readonly ref: { readonly seq: number; readonly parts: number; readonly writer: string } | null;
  /** What of it cannot be read, each in a line; empty when all of it can. */
  readonly damage: readonly string[];
  /** Null when it is damaged. */
  readonly instances: number | null;
  readonly baselined: boolean;
}

/** What stands in a channel's row; null: there is none. */
export interface ChannelRecord {
  readonly channel: string;
  readonly isConfigured: boolean;
  readonly state: Stored<ChannelState> | null;
}

/**
 * What a damaged checkpoint comes to. `rebuild`: the journal says all that it held. `baseline`: its
 * beginning has expired, so the next tick takes a new baseline. `none`: the journal is flawed, too.
 */
export type Recovery = 'rebuild' | 'baseline' | 'none';

/** What is wrong with a scope. */
export type ScopeFinding =
  | { readonly kind: 'nothing-stored' }
  | { readonly kind: 'flaw'; readonly flaw: Inconsistency; readonly stopsTicks: boolean }
  | { readonly kind: 'commits-lost'; readonly seq: number; readonly endSeq: number }
  /** The first commits have expired, and nothing holds what they said. */
  | { readonly kind: 'no-checkpoint'; readonly firstSeq: number }
  | { readonly kind: 'checkpoint-ahead'; readonly seq: number; readonly lastSeq: number }
  | {
      readonly kind: 'checkpoint-damaged';
      readonly seq: number | null;
      readonly damage: readonly string[];
      readonly recovery: Recovery;
    }
  | { readonly kind: 'parts-left'; readonly count: number; readonly removable: number }
  | { readonly kind: 'health-unreadable' }
  | { readonly kind: 'starts-unreadable' }
  | { readonly kind: 'never-good' }
  | { readonly kind: 'stale'; readonly lastGoodAtMs: number; readonly ageMs: number }
  | { readonly kind: 'clock-ahead'; readonly lastGoodAtMs: number }
  | {
      readonly kind: 'failing';
      readonly failures: number;
      readonly sinceMs: number | null;
      readonly reason: string | null;
    }
  | {
      readonly kind: 'hold';
      readonly missing: number;
      readonly scans: number;
      readonly sinceMs: number;
    }
  | { readonly kind: 'lease-of-wrong-clock'; readonly owner: string; readonly untilMs: number };

/** What is wrong with a channel, or worth knowing about it. */
export type ChannelFinding =
  | { readonly kind: 'channel-unreadable' }
  | { readonly kind: 'not-joined' }
  | { readonly kind: 'not-configured' }
  | { readonly kind: 'no-place'; readonly scope: string }
  | {
      readonly kind: 'cursor-past-end';
      readonly scope: string;
      readonly seq: number;
      readonly endSeq: number;
    }
  | { readonly kind: 'never-told'; readonly scope: string; readonly commits: number }
  | { readonly kind: 'blocked'; readonly scope: string; readonly seq: number }
  | { readonly kind: 'backlog'; readonly commits: number }
  | { readonly kind: 'sending'; readonly tickId: string; readonly untilMs: number }
  | { readonly kind: 'claim-left'; readonly tickId: string }
  | { readonly kind: 'in-doubt'; readonly scope: string; readonly seq: number }
  | {
      readonly kind: 'not-delivered';
      readonly failures: number;
      readonly problem: string | null;
      readonly notBeforeMs: number;
    }
  | { readonly kind: 'attempt-ahead'; readonly attemptedAtMs: number };

export type Finding = ScopeFinding | ChannelFinding;

/** Notes pass by themselves, or hurt nobody; all else is a problem. */
const NOTES: ReadonlySet<Finding['kind']> = new Set([
  'parts-left',
  'not-joined',
  'not-configured',
  'no-place',
  'backlog',
  'sending',
  'claim-left',
  'in-doubt',
]);

export function isProblem(ailment: Finding): boolean {
  // A clock that was set back does not touch what the journal says.
  if (ailment.kind === 'flaw') return ailment.flaw.kind !== 'time-back';
  return !NOTES.has(ailment.kind);
}

/** Whoever wrote a part that is older than this has died: a tick is over by then. */
const PART_AT_WORK_MS = 15 * 60 * 1000;

/** @param maxLeaseMs how far a lease may reach */
export function examineScope(
  record: ScopeRecord,
  nowMs: number,
  maxLeaseMs: number,
): readonly ScopeFinding[] {
  const { health, starts, lease, checkpoint, extent, strayParts } = record;
  if (health === null && checkpoint === null && extent.commits === 0) {
    return [{ kind: 'nothing-stored' }];
  }
  const removable = removableParts(record, nowMs).length;
  return [
    ...examineCheckpoint(record),
    ...examineJournal(record),
    ...(strayParts.length === 0
      ? []
      : [{ kind: 'parts-left' as const, count: strayParts.length, removable }]),
    ...examineHealth(health, nowMs),
    ...(starts === null || 'value' in starts ? [] : [{ kind: 'starts-unreadable' as const }]),
    ...(lease !== null && lease.untilMs > nowMs + maxLeaseMs
      ? [{ kind: 'lease-of-wrong-clock' as const, ...lease }]
      : []),
  ];
}

/** Stray parts that nobody can be at work on any more. */
export function removableParts(
  { strayParts }: Pick<ScopeRecord, 'strayParts'>,
  nowMs: number,
): readonly string[] {
  return strayParts
    .filter(({ writtenAtMs }) => writtenAtMs < nowMs - PART_AT_WORK_MS)
    .map(({ name }) => name);
}

function examineCheckpoint(record: ScopeRecord): readonly ScopeFinding[] {
  const { checkpoint, extent } = record;
  const { firstSeq, lastSeq } = extent;
  if (checkpoint === null) {
    return firstSeq === null || firstSeq === 1 ? [] : [{ kind: 'no-checkpoint', firstSeq }];
  }
  const { ref, damage } = checkpoint;
  const seq = ref?.seq ?? null;
  return [
    ...(damage.length === 0
      ? []
      : [{ kind: 'checkpoint-damaged' as const, seq, damage, recovery: recoveryOf(record) }]),
    // Without any row, all that the checkpoint stands on may have expired: a quiet scope.
    ...(seq === null || lastSeq === null || seq <= lastSeq
      ? []
      : [{ kind: 'checkpoint-ahead' as const, seq, lastSeq }]),
  ];
}

/** What the journal can do for a checkpoint that is damaged. */
export function recoveryOf(record: ScopeRecord): Recovery {
  const { checkpoint, extent, flaws } = record;
  const isShort = (checkpoint?.ref?.seq ?? 0) > (extent.lastSeq ?? Number.POSITIVE_INFINITY);
  if (isShort || flaws.some((flaw) => stopsTicks(flaw, record))) return 'none';
  return extent.firstSeq === 1 ? 'rebuild' : 'baseline';
}

function examineJournal(record: ScopeRecord): readonly ScopeFinding[] {
  const { extent, flaws, health } = record;
  const { endSeq } = extent;
  const healthSeq = seqOf(health);
  return [
    ...(healthSeq > endSeq ? [{ kind: 'commits-lost' as const, seq: healthSeq, endSeq }] : []),
    ...flaws.map((flaw) => ({
      kind: 'flaw' as const,
      flaw,
      stopsTicks: stopsTicks(flaw, record),
    })),
  ];
}

/**
 * Can a cold tick not begin because of this flaw? It reads the commits past the health or the
 * checkpoint, whichever is older, and applies those past the checkpoint; when that is damaged, all
 * from the first one, or, where that has expired, what the others say by themselves.
 */
function stopsTicks(flaw: Inconsistency, { checkpoint, extent, health }: ScopeRecord): boolean {
  const checkpointSeq = checkpoint?.ref?.seq ?? 0;
  const isPast = lastSeqOf(flaw) > checkpointSeq;
  const isDamaged = checkpoint !== null && checkpoint.damage.length > 0;
  switch (flaw.kind) {
    case 'unreadable-commit':
      return isDamaged || flaw.seq > Math.min(checkpointSeq, seqOf(health));
    case 'missing-commits':
    case 'wrong-from':
      return isDamaged ? extent.firstSeq === 1 : isPast;
    default:
      return false;
  }
}

function seqOf(health: Stored<Health> | null): number {
  return health !== null && 'value' in health ? health.value.seq : 0;
}

function lastSeqOf(flaw: Inconsistency): number {
  return flaw.kind === 'missing-commits' ? flaw.lastSeq : flaw.seq;
}

function examineHealth(found: Stored<Health> | null, nowMs: number): readonly ScopeFinding[] {
  if (found === null) return [{ kind: 'never-good' }];
  if (!('value' in found)) return [{ kind: 'health-unreadable' }];
  const { lastGoodAtMs, failures, failingSinceMs, reason, hold } = found.value;
  const ailments: ScopeFinding[] = [];
  if (lastGoodAtMs === null) ailments.push({ kind: 'never-good' });
  else if (lastGoodAtMs > nowMs + MAX_CLOCK_DIFFERENCE_MS) {
    ailments.push({ kind: 'clock-ahead', lastGoodAtMs });
  } else if (nowMs - lastGoodAtMs > STALE_AFTER_MS) {
    ailments.push({ kind: 'stale', lastGoodAtMs, ageMs: nowMs - lastGoodAtMs });
  }
  if (failures > 0) ailments.push({ kind: 'failing', failures, sinceMs: failingSinceMs, reason });
  if (hold !== null) ailments.push({ kind: 'hold', ...hold });
  return ailments;
}

/** A channel against the journals that it reads. */
export function examineChannel(
  { channel, isConfigured, state: row }: ChannelRecord,
  scopes: readonly ScopeRecord[],
  nowMs: number,
): readonly ChannelFinding[] {
  const state = registeredState(channel, row, scopes);
  if (state === null) return [{ kind: 'not-joined' }];
  // Nobody waits for what a channel that is switched off was not told.
  if (!isConfigured) return [{ kind: 'not-configured' }];
  if (!('value' in state)) return [{ kind: 'channel-unreadable' }];
  const {
    cursor,
    maybeDelivered: doubt,
    claim,
    failures,
    problem,
    notBeforeMs,
    attemptedAtMs,
  } = state.value;
  const ailments: ChannelFinding[] = scopes.flatMap((scope) =>
    examinePlace(scope, cursor[scope.scope], doubt[scope.scope]),
  );
  const commits = backlogOf(state.value, scopes);
  if (commits > 0) ailments.push({ kind: 'backlog', commits });
  if (claim !== null) {
    const { tickId, untilMs } = claim;
    ailments.push(
      untilMs > nowMs ? { kind: 'sending', tickId, untilMs } : { kind: 'claim-left', tickId },
    );
  }
  if (failures > 0) ailments.push({ kind: 'not-delivered', failures, problem, notBeforeMs });
  if (attemptedAtMs > nowMs + MAX_CLOCK_DIFFERENCE_MS) {
    ailments.push({ kind: 'attempt-ahead', attemptedAtMs });
  }
  return ailments;
}

/** A channel's state with its position in each journal; null: it has neither a row nor a start. */
export function registeredState(
  channel: string,
  row: Stored<ChannelState> | null,
  scopes: readonly ScopeRecord[],
): Stored<ChannelState> | null {
  if (row !== null && !('value' in row)) return row;
  const starts = new Map(
    scopes.flatMap(({ scope, starts: stored }) =>
      stored !== null && 'value' in stored ? [[scope, stored.value] as const] : [],
    ),
  );
  const hasStart = [...starts.values()].some((all) => startOf(all, channel) !== undefined);
  if (row === null && !hasStart) return null;
  return { value: withStarts(row?.value ?? NEW_CHANNEL, channel, starts) };
}

/** How many commits of these journals a channel has not been told, and still can be. */
export function backlogOf({ cursor }: ChannelState, scopes: readonly ScopeRecord[]): number {
  return scopes.reduce((sum, record) => {
    const seq = cursor[record.scope]?.seq ?? record.extent.endSeq;
    return sum + Math.max(0, record.extent.endSeq - seq) - lostPast(record, seq);
  }, 0);
}

/** Commits past `seq` that are no longer there: expired, missing, or behind the last row. */
function lostPast({ extent, flaws }: ScopeRecord, seq: number): number {
  const { endSeq } = extent;
  const firstSeq = extent.firstSeq ?? endSeq + 1;
  const lastSeq = extent.lastSeq ?? endSeq;
  const gaps = flaws.filter((flaw) => flaw.kind === 'missing-commits' && flaw.seq > firstSeq);
  const holes = [
    [1, firstSeq - 1],
    ...gaps.map((flaw) => [flaw.seq, lastSeqOf(flaw)]),
    [lastSeq + 1, endSeq],
  ] as const;
  return holes.reduce(
    (sum, [first = 0, last = 0]) => sum + Math.max(0, last - Math.max(first - 1, seq)),
    0,
  );
}

function examinePlace(
  record: ScopeRecord,
  place: Position | undefined,
  doubt: Position | undefined,
): readonly ChannelFinding[] {
  const { scope, extent, flaws } = record;
  const { endSeq } = extent;
  if (place === undefined) return endSeq === 0 ? [] : [{ kind: 'no-place', scope }];
  const { seq } = place;
  if (seq > endSeq) return [{ kind: 'cursor-past-end', scope, seq, endSeq }];
  const lost = lostPast(record, seq);
  const unreadable = flaws.find((flaw) => flaw.kind === 'unreadable-commit' && flaw.seq > seq);
  return [
    ...(lost === 0 ? [] : [{ kind: 'never-told' as const, scope, commits: lost }]),
    ...(unreadable === undefined ? [] : [{ kind: 'blocked' as const, scope, seq: unreadable.seq }]),
    ...(doubt === undefined ? [] : [{ kind: 'in-doubt' as const, scope, seq: doubt.seq }]),
  ];
}
