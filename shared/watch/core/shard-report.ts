import type { Starts } from '../../core/channel-state.ts';
import type { Condition } from '../../core/health.ts';
import type { Invocation } from '../../core/invocation.ts';
import { isCount } from '../../core/is-count.ts';
import { parseJson } from '../../core/json.ts';
import type { Scope } from '../../core/model.ts';
import type { Tallies } from '../../core/tally.ts';
import { headsIn, type PassedHead } from './passed-head.ts';
import type { ScopeReport } from './scope-report.ts';
import type { Shard, Unreported } from './shards.ts';

/** What a shard returns. It grows with its scopes, never with their instances. */
export interface ShardReport {
  /** The version of this form: `SHARD_REPORT`. */
  readonly shard: number;
  readonly scopes: readonly ShardScope[];
  /** Scope key → its head row, where the shard has left it whole, and it is not too long. */
  readonly heads: Readonly<Record<string, PassedHead>>;
  /** Alias of each account that was to be entered → why it could not be; null: it could. */
  readonly accounts: Readonly<Record<string, AccountFailure | null>>;
  readonly units: Units;
  readonly notes: readonly string[];
}

interface Units {
  readonly read: number;
  readonly write: number;
}

/** The parts of an error of ECS or STS about an account. */
export interface AccountFailure {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

/** One scope of a shard, as its run needs it afterwards. */
export interface ShardScope {
  readonly report: ScopeReport;
  /** The last commit of its journal; null: the shard does not know. */
  readonly lastSeq: number | null;
  /** Where channels begin in the journal, as its head row says. */
  readonly starts: Starts;
  /** Null: it was not looked at. */
  readonly condition: Condition | null;
  /** Since when ticks were missed; null: none was. Absent: the scope does not say. */
  readonly missedSinceMs?: number | null;
  /** How its ticks have done, for the periodic report. Absent: they are not counted. */
  readonly tallies?: Tallies;
  /** Its journal could not be read or written. */
  readonly isLost?: true;
}

/** A scope that a shard has reported. */
export interface ReportedScope extends ShardScope {
  readonly kind: 'reported';
  readonly scope: Scope;
}

/** What a run knows of the scopes of one shard, when it stops waiting. */
export interface ShardResult {
  readonly reported: readonly ReportedScope[];
  readonly unreported: readonly Unreported[];
  readonly heads: ReadonlyMap<string, PassedHead>;
  /** Absent: there is none, or it cannot be read. */
  readonly report?: ShardReport;
}

/** During a deployment, two versions may meet for seconds. */
export const SHARD_REPORT = 1;

/** Errors that a shard throws only before it begins: an order that it refuses, or its settings. */
const REFUSALS: readonly string[] = ['OrderError', 'ConfigError', 'CredentialsError'];

export function shardResult(shard: Shard, invocation: Invocation): ShardResult {
  const without = (mayHaveRun: boolean, reason: string): ShardResult => ({
    reported: [],
    heads: new Map(),
    unreported: shard.map((scope) => ({ scope, mayHaveRun, reason })),
  });
  switch (invocation.kind) {
    case 'unstarted':
      return without(false, `its shard did not start: ${invocation.reason}`);
    case 'unknown':
      return without(true, `its shard has not reported: ${invocation.reason}`);
    case 'failed':
      return REFUSALS.includes(invocation.type ?? '')
        ? without(false, `its shard did not start: ${invocation.reason}`)
        : without(true, `its shard failed: ${invocation.reason}`);
    case 'answered': {
      const report = parseShardReport(invocation.body);
      return report === undefined
        ? without(true, 'its shard has answered what is no report: deploy both functions together')
        : readReport(shard, report);
    }
  }
}

function readReport(shard: Shard, report: ShardReport): ShardResult {
  const byKey = new Map(report.scopes.map((scope) => [scope.report.scope, scope]));
  const reported: ReportedScope[] = [];
  const unreported: Unreported[] = [];
  for (const scope of shard) {
    const found = byKey.get(scope.key);
    if (found !== undefined) reported.push({ ...found, kind: 'reported', scope });
    else unreported.push({ scope, mayHaveRun: true, reason: 'its shard has not reported it' });
  }
  const keys = new Set(shard.map(({ key }) => key));
  // Heads of other scopes are those of another shard, or older.
  const heads = new Map([...headsIn(report.heads)].filter(([key]) => keys.has(key)));
  return { reported, unreported, heads, report };
}

/** The fields that a run decides by are checked; the others only go on into its report. */
function parseShardReport(body: string): ShardReport | undefined {
  const value = parseJson(body);
  if (!isObject(value) || value.shard !== SHARD_REPORT) return undefined;
  const { scopes, accounts, units, notes } = value;
  const isWhole =
    Array.isArray(scopes) &&
    scopes.every(isShardScope) &&
    isObject(accounts) &&
    Object.values(accounts).every(isAccountFailure) &&
    isObject(units) &&
    isNumber(units.read) &&
    isNumber(units.write) &&
    Array.isArray(notes) &&
    notes.every((note) => typeof note === 'string');
  return isWhole ? (value as unknown as ShardReport) : undefined;
}

function isShardScope(value: unknown): boolean {
  if (!isObject(value) || !isObject(value.report) || !isObject(value.starts)) return false;
  const { report, lastSeq, starts, condition, missedSinceMs = null, tallies } = value;
  return (
    typeof report.scope === 'string' &&
    typeof report.ok === 'boolean' &&
    (lastSeq === null || isCount(lastSeq)) &&
    Object.values(starts).every(isCount) &&
    (condition === null || typeof condition === 'string') &&
    (missedSinceMs === null || isNumber(missedSinceMs)) &&
    (tallies === undefined || isTallies(tallies))
  );
}

function isAccountFailure(value: unknown): boolean {
  if (value === null) return true;
  return (
    isObject(value) &&
    [value.kind, value.code, value.message].every((words) => typeof words === 'string')
  );
}

function isTallies(value: unknown): boolean {
  return isObject(value) && isObject(value.now) && isNumber(value.now.sinceMs);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/**
 * What all shards have found out about accounts. An account that let one of them in can be entered,
 * whatever another one was answered.
 */
export function accountsOf(
  reports: readonly ShardReport[],
): ReadonlyMap<string, AccountFailure | null> {
  const states = new Map<string, AccountFailure | null>();
  for (const { accounts } of reports) {
    for (const [alias, failure] of Object.entries(accounts)) {
      if (states.get(alias) !== null) states.set(alias, failure);
    }
  }
  return states;
}
