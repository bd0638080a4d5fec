import { conditionOf, type HealthLimits } from '../core/health.ts';
import { type RoundProgress, roundProgress } from '../core/round.ts';
import { isoTime } from '../core/time.ts';
import type { ChannelReport } from '../delivery/report.ts';
import type { Memory } from './memory.ts';
import type { Ports } from './ports.ts';
import type { RecordedScope, ScopeResult } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** What a tick did: what the function returns and logs, and `npm run watch -- --once` prints. */
export interface WatchReport {
  /** Every scope was read and recorded, and no channel failed. */
  readonly ok: boolean;
  readonly tickId: string;
  readonly ms: number;
  readonly scopes: readonly ScopeReport[];
  readonly channels: readonly ChannelReport[];
  /** Tablestore capacity units that this tick was charged. */
  readonly units: { readonly read: number; readonly write: number };
  readonly notes: readonly string[];
}

export interface ScopeReport {
  readonly scope: string;
  readonly ok: boolean;
  /** As the page and `/healthz` see the scope after this tick; null: this tick does not know. */
  readonly healthy: boolean | null;
  /** Distinct instances that the scan showed. */
  readonly instances: number;
  readonly pages: number;
  /** Requests to ECS of all kinds, and how many of them were throttled. */
  readonly calls: number;
  readonly throttles: number;
  readonly complete: boolean;
  /** The scan goes on with the next tick. Absent: it has ended. */
  readonly round?: RoundProgress;
  readonly clean: boolean;
  /** Changes that this tick committed; a baseline counts none. */
  readonly changes: number;
  /** The last commit of the scope's journal after this tick; 0 when it could not be read. */
  readonly seq: number;
  readonly loadMs: number;
  readonly scanMs: number;
  readonly commitMs: number;
  readonly error?: string;
  /** The scope was empty then, and is not looked at again before some minutes. Absent: in this tick. */
  readonly lookedAt?: string;
}

/** The results of a tick's parts. */
interface TickOutcome {
  readonly ok: boolean;
  readonly results: readonly ScopeResult[];
  readonly channels: readonly ChannelReport[];
  readonly notes: readonly string[];
}

export function reportOf(
  { journal, runtime }: Ports,
  { tickId, startMs, memory, healthLimits }: Tick,
  { ok, results, channels, notes }: TickOutcome,
): WatchReport {
  return {
    ok,
    tickId,
    ms: runtime.now() - startMs,
    scopes: results.map((result) => ({
      ...reportOfScope(result),
      healthy: isHealthy(result, runtime.now(), healthLimits),
    })),
    channels,
    units: { ...journal.units },
    notes: [...scopeNotes(results, memory), ...notes],
  };
}

function isHealthy(
  result: ScopeResult,
  nowMs: number,
  limits: HealthLimits | undefined,
): boolean | null {
  if (result.kind === 'resting')
    return conditionOf(result.head.health, nowMs, limits) === 'healthy';
  if (result.kind !== 'recorded') return null;
  return conditionOf(result.nextHealth.health, nowMs, limits) === 'healthy';
}

const EMPTY_REPORT: Omit<ScopeReport, 'scope' | 'ok' | 'healthy'> = {
  instances: 0,
  pages: 0,
  calls: 0,
  throttles: 0,
  complete: false,
  clean: false,
  changes: 0,
  seq: 0,
  loadMs: 0,
  scanMs: 0,
  commitMs: 0,
};

function reportOfScope(result: ScopeResult): Omit<ScopeReport, 'healthy'> {
  const scope = result.scope.key;
  switch (result.kind) {
    case 'recorded':
      return recordedReport(result);
    case 'resting': {
      const { seq, lastAttemptAtMs } = result.head.health;
      return { scope, ok: true, ...EMPTY_REPORT, seq, lookedAt: isoTime(lastAttemptAtMs) };
    }
    case 'skipped':
      return { scope, ok: true, ...EMPTY_REPORT };
    case 'failed':
      return { scope, ok: false, ...EMPTY_REPORT, error: result.reason };
  }
}

function recordedReport(result: RecordedScope): Omit<ScopeReport, 'healthy'> {
  const { scope, fleet, scan, failure, appended, after, unfinished } = result;
  const { loadMs, scanMs, commitMs } = result;
  return {
    scope: scope.key,
    ok: failure === null,
    instances: scan.instances,
    pages: scan.pages,
    calls: fleet.calls,
    throttles: fleet.throttles,
    complete: failure === null && unfinished === null,
    ...(unfinished !== null && {
      round: roundProgress({ ...unfinished, seenCount: unfinished.seen.size }),
    }),
    clean: scan.clean,
    changes: appended
      .filter(({ notice }) => notice === undefined)
      .reduce((sum, { changes }) => sum + changes.length, 0),
    seq: after.seq,
    loadMs,
    scanMs,
    commitMs,
    ...(failure !== null && { error: failure }),
  };
}

/** Channel outcomes that make a tick fail. A channel that waits for its turn is well. */
const CHANNEL_FAILURES: readonly ChannelReport['outcome'][] = ['retry', 'rejected', 'error'];

/** Was every scope that no other tick works on read and recorded, and has no channel failed? */
export function isWell(
  results: readonly ScopeResult[],
  channels: readonly ChannelReport[],
): boolean {
  return (
    results.every((result) => reportOfScope(result).ok) &&
    !channels.some(({ outcome }) => CHANNEL_FAILURES.includes(outcome))
  );
}

/** What the operator should know of the scopes besides their reports. */
function scopeNotes(results: readonly ScopeResult[], memory: Memory): readonly string[] {
  const notes = results.flatMap((result) => notesOf(result).map((note) => withKey(result, note)));
  return [...notes, ...newNamesNotes(results, memory)];
}

function notesOf(result: ScopeResult): readonly string[] {
  if (result.kind === 'skipped') return [result.reason];
  if (result.kind === 'failed' || result.kind === 'resting') return [];
  const lostRace = 'another tick recorded first: the next tick scans again';
  return [
    ...result.loaded.notes,
    ...(result.isOvertaken ? [lostRace] : []),
    ...(result.damage === null ? [] : [result.damage.note]),
  ];
}

/** Why names are missing or old; reported once, not once a minute. */
function newNamesNotes(
  results: readonly ScopeResult[],
  { reportedNotes }: Memory,
): readonly string[] {
  const notes = results.flatMap((result) =>
    result.kind !== 'recorded'
      ? []
      : [result.namesNote, result.refreshNote]
          .filter((note) => note !== null)
          .map((note) => withKey(result, note)),
  );
  const newNotes = notes.filter((note) => !reportedNotes.has(note));
  for (const note of newNotes) reportedNotes.add(note);
  return newNotes;
}

function withKey({ scope }: ScopeResult, note: string): string {
  return `${scope.key}: ${note}`;
}
