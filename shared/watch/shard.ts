import { type PassedHead, passedHead } from './core/passed-head.ts';
import type { ScopeReport } from './core/scope-report.ts';
import {
  type AccountFailure,
  SHARD_REPORT,
  type ShardReport,
  type ShardScope,
} from './core/shard-report.ts';
import { keepCheckpoints } from './keep-checkpoints.ts';
import { forgetOldest } from './memory.ts';
import type { Ports } from './ports.ts';
import { refreshDetails } from './refresh-details.ts';
import { scopeNotes, scopeReports } from './report.ts';
import { saveStates } from './save-state.ts';
import {
  conditionAfter,
  endAfter,
  lossOf,
  missedBefore,
  type ScopeResult,
  talliesIn,
} from './scope-result.ts';
import type { Tick } from './tick.ts';
import { watchScopes } from './watch-scopes.ts';

/**
 * One shard: scans the scopes that it was handed, commits what has changed, and saves what the next
 * shard needs. It sends nothing: that is left to the run that has invoked it.
 */
export async function watchShard(ports: Ports, tick: Tick): Promise<ShardReport> {
  // Each invocation may bring other scopes to this function instance.
  forgetOldest(tick.memory, tick.scopes);
  if (isServedSince(tick)) tick.memory.channels.clear();
  const { results } = await watchScopes(ports, tick);
  const refreshed = await Promise.all(results.map((result) => refreshDetails(ports, tick, result)));
  const saved = await saveStates(ports, tick, refreshed);
  const kept = await keepCheckpoints(ports, tick, saved.checkpoints);
  const reports = scopeReports(ports, tick, refreshed);
  return {
    shard: SHARD_REPORT,
    scopes: refreshed.flatMap((result, index) => {
      const report = reports[index];
      return report === undefined ? [] : [shardScope(ports, tick, result, report)];
    }),
    heads: headsAfter(tick, refreshed),
    accounts: accountsIn(ports),
    units: { ...ports.journal.units },
    notes: [...scopeNotes(refreshed, tick.memory), ...saved.notes, ...kept],
  };
}

/**
 * May a channel have taken over its start in one of the scopes? Its run moves the channels, so that this
 * instance would not know, and keep the start: should the channel's row ever be removed, the channel
 * would begin in the past.
 */
function isServedSince({ scopes, heads, memory }: Tick): boolean {
  return scopes.some(({ key }) => {
    const head = heads?.get(key) ?? memory.scopes.get(key)?.head;
    return head !== undefined && Object.values(head.starts).some((seq) => seq < head.health.seq);
  });
}

function shardScope(
  { runtime }: Ports,
  { startMs, healthLimits }: Tick,
  result: ScopeResult,
  report: ScopeReport,
): ShardScope {
  const { lastSeq, starts } = endAfter(result);
  const missedSinceMs = missedBefore(result, startMs);
  const tallies = talliesIn(result);
  return {
    report,
    lastSeq,
    starts,
    condition: conditionAfter(result, runtime.now(), healthLimits),
    ...(missedSinceMs !== undefined && { missedSinceMs }),
    ...(tallies && { tallies }),
    ...(lossOf(result) !== undefined && { isLost: true as const }),
  };
}

/** As they are stored now. What could not be saved, or was overtaken, is not remembered either. */
function headsAfter(
  { memory }: Tick,
  results: readonly ScopeResult[],
): Readonly<Record<string, PassedHead>> {
  return Object.fromEntries(
    results.flatMap((result) => {
      const { key } = result.scope;
      const head = result.kind === 'resting' ? result.head : memory.scopes.get(key)?.head;
      const passed = head && passedHead(head);
      return passed === undefined || head?.unreadable !== undefined ? [] : [[key, passed]];
    }),
  );
}

function accountsIn({ accounts }: Ports): Readonly<Record<string, AccountFailure | null>> {
  return Object.fromEntries(
    [...(accounts?.states() ?? [])].map(([alias, error]) => {
      if (error === null) return [alias, null];
      const { kind, code, message, requestId } = error;
      return [alias, { kind, code, message, ...(requestId !== undefined && { requestId }) }];
    }),
  );
}
