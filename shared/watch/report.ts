import type { HealthLimits } from '../core/health.ts';
import { roundProgress } from '../core/round.ts';
import { isoTime } from '../core/time.ts';
import type { ChannelReport } from '../delivery/report.ts';
import { NOT_SCANNED, type ScopeReport } from './core/scope-report.ts';
import type { Memory } from './memory.ts';
import type { Ports } from './ports.ts';
import { conditionAfter, type RecordedScope, type ScopeResult } from './scope-result.ts';
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

/** The results of a tick's parts. */
interface TickOutcome {
  readonly ok: boolean;
  readonly results: readonly ScopeResult[];
  readonly channels: readonly ChannelReport[];
  /** What its shards were charged. */
  readonly units: WatchReport['units'];
  readonly notes: readonly string[];
}

export function reportOf(
  ports: Ports,
  tick: Tick,
  { ok, results, channels, units, notes }: TickOutcome,
): WatchReport {
  const { read, write } = ports.journal.units;
  return {
    ok,
    tickId: tick.tickId,
    ms: ports.runtime.now() - tick.startMs,
    scopes: scopeReports(ports, tick, results),
    channels,
    units: { read: read + units.read, write: write + units.write },
    notes: [...scopeNotes(results, tick.memory), ...notes],
  };
}

/** What became of each scope of a tick, or of a shard. */
export function scopeReports(
  { runtime }: Pick<Ports, 'runtime'>,
  { healthLimits }: Pick<Tick, 'healthLimits'>,
  results: readonly ScopeResult[],
): readonly ScopeReport[] {
  return results.map((result) => ({
    ...reportOfScope(result),
    healthy: isHealthy(result, runtime.now(), healthLimits),
  }));
}

function isHealthy(
  result: ScopeResult,
  nowMs: number,
  limits: HealthLimits | undefined,
): boolean | null {
  const condition = conditionAfter(result, nowMs, limits);
  return condition === null ? null : condition === 'healthy';
}

function reportOfScope(result: ScopeResult): Omit<ScopeReport, 'healthy'> {
  const scope = result.scope.key;
  switch (result.kind) {
    case 'recorded':
      return recordedReport(result);
    case 'resting': {
      const { seq, lastAttemptAtMs } = result.head.health;
      return { scope, ok: true, ...NOT_SCANNED, seq, lookedAt: isoTime(lastAttemptAtMs) };
    }
    case 'skipped':
      return { scope, ok: true, ...NOT_SCANNED };
    case 'failed':
      return { scope, ok: false, ...NOT_SCANNED, error: result.reason };
    case 'reported':
      return result.report;
    case 'unreported': {
      const { reason: error, lastSeq } = result;
      return { scope, ok: false, ...NOT_SCANNED, seq: lastSeq ?? 0, error };
    }
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
export function scopeNotes(results: readonly ScopeResult[], memory: Memory): readonly string[] {
  const notes = results.flatMap((result) => notesOf(result).map((note) => withKey(result, note)));
  return [...notes, ...newNamesNotes(results, memory)];
}

function notesOf(result: ScopeResult): readonly string[] {
  if (result.kind === 'skipped') return [result.reason];
  if (result.kind !== 'recorded') return [];
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
