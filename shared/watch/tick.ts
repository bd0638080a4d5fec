import type { HealthLimits } from '../core/health.ts';
import type { Scope } from '../core/model.ts';
import type { GuardLimits } from './core/guard.ts';
import type { PassedHead } from './core/passed-head.ts';
import type { ReminderSchedule } from './core/periodic/reminders.ts';
import type { ReportSchedule } from './core/periodic/schedule.ts';
import type { Memory } from './memory.ts';

/** One run of the watcher: what it watches, and until when. */
export interface Tick {
  /** Different from that of every other run, also of one that the same event starts again. */
  readonly tickId: string;
  readonly scopes: readonly Scope[];
  /** Account → why it cannot be watched, or not all of it. */
  readonly problems?: ReadonlyMap<string, string>;
  /** Requests to ECS a minute, for each region of each account. */
  readonly callsPerMinute: number;
  readonly guard: GuardLimits;
  readonly healthLimits?: HealthLimits;
  readonly startMs: number;
  /** The tick ends before this moment; the next tick does what is left. */
  readonly deadlineMs: number;
  /** Of a shard: the tick id of its run, which may write a failure of its scopes meanwhile. */
  readonly runId?: string;
  /** Of a shard: its run waits for the report until then. What takes longer still ends at the deadline. */
  readonly reportByMs?: number;
  /**
   * Of a shard: the heads of scopes as the shards before left them. What this function instance remembers
   * of a head may be older, so that one that is not here is read.
   */
  readonly heads?: ReadonlyMap<string, PassedHead>;
  readonly memory: Memory;
  /** Events of ECS may commit between the ticks. Absent: they are switched off. */
  readonly takesEvents?: boolean;
  /** When reports are due. Absent: never. */
  readonly report?: ReportSchedule;
  /** When what stays stopped is said again. Absent: never. */
  readonly remind?: ReminderSchedule;
}

/** The share of a tick's time, and the most of it, kept for committing and delivering. */
const RESERVED_SHARE = 0.25;
const MAX_RESERVED_MS = 10_000;

/** The share of the time for scanning after which suspects and names have their turn. */
const LISTING_SHARE = 0.7;

/** The share after which a second opinion on what vanished has its turn. */
const SUSPECTS_SHARE = 0.85;

/** When the last page of a listing may be asked for. */
export function listingDeadlineMs(tick: Tick): number {
  return atShare(tick, LISTING_SHARE);
}

/** When the last suspects may be asked for. */
export function suspectsDeadlineMs(tick: Tick): number {
  return atShare(tick, SUSPECTS_SHARE);
}

function atShare(tick: Tick, share: number): number {
  return tick.startMs + (scanDeadlineMs(tick) - tick.startMs) * share;
}

/** When scanning must end so that its changes can still be committed and delivered. */
export function scanDeadlineMs({
  startMs,
  deadlineMs,
  reportByMs = deadlineMs,
}: Pick<Tick, 'startMs' | 'deadlineMs' | 'reportByMs'>): number {
  return reportByMs - Math.min((reportByMs - startMs) * RESERVED_SHARE, MAX_RESERVED_MS);
}
