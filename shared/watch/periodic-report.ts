import { NEW_CHANNEL } from '../core/channel-state.ts';
import type { Report, Scope } from '../core/model.ts';
import { usedAt } from '../core/quota.ts';
import { readableChannel } from '../journal/read.ts';
import { allOf } from '../lib/all-of.ts';
import type { Runtime } from '../lib/runtime.ts';
import { JournalError, type JournalReader } from '../ports/journal.ts';
import {
  type Counted,
  countCommit,
  newCounted,
  type ReportedScope,
  reportOf,
} from './core/periodic/facts.ts';
import {
  dueReport,
  PATIENCE_MS,
  type ReportPeriod,
  type ReportSchedule,
} from './core/periodic/schedule.ts';
import { load } from './load.ts';
import type { Ports } from './ports.ts';
import { type ScopeResult, talliesIn } from './scope-result.ts';
import type { Tick } from './tick.ts';

/** A scope as its report knows it; `instances` undefined: this tick has not seen it. */
export interface ScopeNow extends Pick<ReportedScope, 'tallies'> {
  readonly scope: Scope;
  readonly instances: ReportedScope['instances'] | undefined;
}

/**
 * The report that is due; null: none is, as in nearly every tick, which reads nothing for it. It waits some
 * minutes for scopes that this tick could not look at.
 */
export async function dueReportOf(
  ports: Ports,
  tick: Tick,
  results: readonly ScopeResult[],
  reportedUntilMs: number,
): Promise<Report | null> {
  const { report: schedule, startMs, deadlineMs } = tick;
  if (schedule === undefined) return null;
  const period = dueReport(schedule, startMs, reportedUntilMs, countedSinceMs(results));
  if (period === null) return null;
  const scopes = await allOf(results.map((result) => scopeNow(ports, tick, result)));
  const isWhole = scopes.every(({ instances }) => instances !== undefined);
  if (!isWhole && startMs < period.untilMs + PATIENCE_MS) return null;
  const known = await allOf(scopes.map((scope) => asStored(ports, tick, scope)));
  return makeReport(ports, schedule.per, period, known, deadlineMs);
}

/** A scope that no tick could look at for minutes, as its journal knows it. */
async function asStored({ journal }: Ports, tick: Tick, now: ScopeNow): Promise<ScopeNow> {
  if (now.instances !== undefined) return now;
  return { ...now, instances: await storedInstances(journal, now.scope, tick) };
}

async function scopeNow({ journal }: Ports, tick: Tick, result: ScopeResult): Promise<ScopeNow> {
  const { scope } = result;
  const tallies = talliesIn(result);
  if (result.kind === 'resting') return { scope, instances: new Map(), tallies };
  if (result.kind === 'recorded') return { scope, instances: result.after.instances, tallies };
  // A shard reports no instances: they are read for a report, and for nothing else.
  const isSeen = result.kind === 'reported' && result.report.ok;
  return {
    scope,
    instances: isSeen ? await storedInstances(journal, scope, tick) : undefined,
    tallies,
  };
}

async function storedInstances(
  journal: JournalReader,
  scope: Scope,
  tick: Tick,
): Promise<ScopeNow['instances']> {
  try {
    const { loadSnapshot } = await load(journal, scope, tick);
    return (await loadSnapshot()).snapshot.instances;
  } catch (error) {
    if (error instanceof JournalError) return undefined;
    throw error;
  }
}

/** Since when ticks count for reports; null: they do not yet. */
function countedSinceMs(results: readonly ScopeResult[]): number | null {
  const times = results.flatMap((result) => {
    const tallies = talliesIn(result);
    return tallies === undefined ? [] : [(tallies.before ?? tallies.now).sinceMs];
  });
  return times.length === 0 ? null : Math.min(...times);
}

/** A report of any period. What a scope's journal does not give is named in it. */
export async function makeReport(
  {
    journal,
    channels,
    runtime,
  }: Pick<Ports, 'channels' | 'runtime'> & { readonly journal: JournalReader },
  per: ReportSchedule['per'],
  period: ReportPeriod,
  scopes: readonly ScopeNow[],
  deadlineMs: number,
): Promise<Report> {
  const counted = await allOf(
    scopes.map(async ({ scope, instances, tallies }): Promise<ReportedScope> => {
      const read = await countScope(journal, scope, period, { runtime, deadlineMs });
      return { scope: scope.key, instances: instances ?? new Map(), tallies, ...read };
    }),
  );
  const spent: Report['channels'][number][] = [];
  for (const { name, quota } of channels) {
    if (quota === undefined) continue;
    const row = await readableChannel(journal, name);
    if (row === null) continue;
    const { used } = row ?? NEW_CHANNEL;
    const { period: of, messages } = used.period === '' ? usedAt(used, quota, runtime.now()) : used;
    spent.push({ channel: name, period: of, messages, quota: quota.messages });
  }
  return reportOf(per, period, counted, spent);
}

const COMMITS_PER_READ = 200;
/** More changes are no list that a person reads; a week of a large fleet has fewer. */
const MAX_CHANGES = 100_000;
/** The part of a tick's time that is left for messages. */
const RESERVED_MS = 10_000;

/** Reads the commits of the period once, the newest first. */
async function countScope(
  journal: JournalReader,
  scope: Scope,
  period: ReportPeriod,
  { runtime, deadlineMs }: { readonly runtime: Runtime; readonly deadlineMs: number },
): Promise<{ readonly counted: Counted | null; readonly isCut: boolean }> {
  const counted = newCounted();
  let before = Number.MAX_SAFE_INTEGER;
  let changes = 0;
  try {
    for (;;) {
      const commits = await journal.before(scope, before, COMMITS_PER_READ);
      for (const commit of commits) {
        if (commit.atMs < period.fromMs) return { counted, isCut: false };
        countCommit(counted, commit, period);
        before = commit.seq;
        changes += commit.changes.length;
      }
      if (commits.length < COMMITS_PER_READ) return { counted, isCut: false };
      const isLate = runtime.now() > deadlineMs - RESERVED_MS;
      if (isLate || changes >= MAX_CHANGES) return { counted, isCut: true };
    }
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return { counted: null, isCut: false };
  }
}
