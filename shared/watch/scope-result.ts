import type { Starts } from '../core/channel-state.ts';
import {
  type Condition,
  conditionOf,
  type DetailsRound,
  type HealthLimits,
  missedSince,
  type NextHealth,
} from '../core/health.ts';
import type { Commit, Scope, Snapshot } from '../core/model.ts';
import type { Tallies } from '../core/tally.ts';
import type { JournalEnd } from '../delivery/run.ts';
import type { Head } from '../ports/journal.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Scan } from './core/listing.ts';
import type { OpenRound } from './core/rounds.ts';
import type { ReportedScope } from './core/shard-report.ts';
import type { Fleet } from './fleet.ts';
import type { Damage, Loaded } from './load.ts';
import type { TakenLease } from './take-lease.ts';

/** What became of a scope in one tick. */
export type ScopeResult =
  | RecordedScope
  | RestingScope
  | SkippedScope
  | FailedScope
  | ReportedScope
  | UnreportedScope;

/** The scope was scanned, and what has changed was committed. */
export interface RecordedScope {
  readonly kind: 'recorded';
  readonly scope: Scope;
  readonly fleet: Fleet;
  readonly loaded: Loaded;
  readonly lease: TakenLease;
  readonly damage: Damage | null;
  readonly scan: ScanSummary;
  /** The scan goes on with the next tick; null when it has ended. */
  readonly unfinished: OpenRound | null;
  /** Why the tick did not find out all that happened; null when it did, or when the next goes on. */
  readonly failure: string | null;
  /** Why names are missing; null when ECS has answered for every change. */
  readonly namesNote: string | null;
  readonly nextHealth: NextHealth;
  /** The slow round over the details. */
  readonly detailsRound: DetailsRound;
  /** Why it cannot go on; null when it can. */
  readonly refreshNote: string | null;
  /** Where channels begin in the scope's journal. */
  readonly starts: Starts;
  /** The commits of this tick, and the snapshot after them. */
  readonly appended: readonly Commit[];
  readonly after: Snapshot;
  /** Another tick has committed first: more than this tick knows is stored. */
  readonly isOvertaken: boolean;
  readonly loadMs: number;
  readonly scanMs: number;
  readonly commitMs: number;
}

/**
 * What this tick has read. Which instances it has seen is not kept while messages are sent: of a large
 * fleet, that is a fifth of the memory of its snapshot.
 */
export interface ScanSummary {
  readonly instances: number;
  readonly pages: number;
  readonly clean: boolean;
  readonly failure: string | null;
}

export function summaryOf({ statuses, pages, clean, failure }: Scan): ScanSummary {
  return { instances: statuses.size, pages, clean, failure };
}

/** The scope is empty, and this tick does not look at it. */
export interface RestingScope {
  readonly kind: 'resting';
  readonly scope: Scope;
  /** As the tick that looked last has left it. */
  readonly head: Head;
}

/** Another tick is at work on the scope. */
export interface SkippedScope {
  readonly kind: 'skipped';
  readonly scope: Scope;
  readonly reason: string;
}

/** The scope's journal could not be read or written. */
export interface FailedScope {
  readonly kind: 'failed';
  readonly scope: Scope;
  readonly reason: string;
}

/** The scope was handed to a shard, which has not reported it. */
export interface UnreportedScope {
  readonly kind: 'unreported';
  readonly scope: Scope;
  readonly reason: string;
  /**
   * Where its journal ended when the run stopped waiting, and what the run itself has committed; null:
   * there was no time to look.
   */
  readonly lastSeq: number | null;
  readonly appended: readonly Commit[];
  readonly starts: Starts;
  readonly condition: Condition | null;
}

export function failed(scope: Scope, error: unknown): FailedScope {
  return { kind: 'failed', scope, reason: reasonOf(error) };
}

/** Where a scope's journal ends after the tick, for the channels; null: the tick does not know. */
export function endAfter(result: ScopeResult): JournalEnd {
  const { scope } = result;
  switch (result.kind) {
    case 'recorded': {
      const { after, starts, appended } = result;
      return { scope, lastSeq: after.seq, starts, made: appended };
    }
    case 'resting': {
      const { health, starts } = result.head;
      return { scope, lastSeq: health.seq, starts, made: [] };
    }
    case 'reported':
      return { scope, lastSeq: result.lastSeq, starts: result.starts, made: [] };
    case 'unreported': {
      const { lastSeq, starts, appended } = result;
      return { scope, lastSeq, starts, made: appended };
    }
    default:
      return { scope, lastSeq: null, starts: {}, made: [] };
  }
}

/** How the scope is after the tick; null: the tick does not know. */
export function conditionAfter(
  result: ScopeResult,
  nowMs: number,
  limits: HealthLimits | undefined,
): Condition | null {
  switch (result.kind) {
    case 'recorded':
      return conditionOf(result.nextHealth.health, nowMs, limits);
    case 'resting':
      return conditionOf(result.head.health, nowMs, limits);
    case 'reported':
    case 'unreported':
      return result.condition;
    default:
      return null;
  }
}

/**
 * Since when the ticks of a scope were missed; null: none was. Undefined: it does not say. A scope that
 * rests says nothing of the ticks between two looks, and one whose health is new, or was lost, nothing
 * at all.
 */
export function missedBefore(result: ScopeResult, startMs: number): number | null | undefined {
  if (result.kind === 'reported') return result.missedSinceMs;
  if (result.kind !== 'recorded') return undefined;
  const { health } = result.loaded.head;
  const isSilent = health.rests === true || health.periodMs === undefined;
  return isSilent ? undefined : missedSince(health, startMs);
}

/** How the ticks of a scope have done; undefined: they are not counted, or it is not known. */
export function talliesIn(result: ScopeResult): Tallies | undefined {
  if (result.kind === 'reported') return result.tallies;
  return result.kind === 'recorded' ? result.nextHealth.health.tallies : undefined;
}

/** Why the scope's journal could not be read or written; undefined: it could, as far as the tick knows. */
export function lossOf(result: ScopeResult): string | undefined {
  if (result.kind === 'failed') return result.reason;
  return result.kind === 'reported' && result.isLost === true ? result.report.error : undefined;
}

/** Is the scope not to be looked at yet? */
export function isAtRest(result: ScopeResult): boolean {
  return result.kind === 'reported'
    ? result.report.lookedAt !== undefined
    : result.kind === 'resting';
}
