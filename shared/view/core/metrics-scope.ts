import { type Health, NEW_HEALTH } from '../../core/health.ts';
import { STATUSES } from '../../core/model.ts';
import type { ScopeView } from './fleet.ts';
import { countAfter, instanceTotals } from './instance-totals.ts';
import { add, type Metric, OTHERS, type Sample, seconds } from './metrics-text.ts';

/** A scope as metrics see it; `labels` are those of all others once there are too many. */
export interface ScopeFacts {
  readonly labels: ScopeLabels;
  readonly view: ScopeView;
  readonly nowMs: number;
}

export interface ScopeLabels {
  readonly scope: string;
  readonly account: string;
  readonly region: string;
}

/** More scopes than that have one sample in common: sixty accounts of thirty regions are 1,800. */
export const MAX_SCOPES = 1_000;
const OTHER_SCOPES: ScopeLabels = { scope: OTHERS, account: OTHERS, region: OTHERS };

export function scopeFacts(views: readonly ScopeView[], nowMs: number): readonly ScopeFacts[] {
  return views.map((view, index) => ({ labels: labelsOf(view, index), view, nowMs }));
}

/** The order of the list is stable, so a sum of the same scopes only grows. */
function labelsOf({ scope }: ScopeView, index: number): ScopeLabels {
  if (index >= MAX_SCOPES) return OTHER_SCOPES;
  return { scope: scope.key, account: scope.account, region: scope.regionId };
}

/** Those of ECS are given with 0 as well, so that no series ends and begins. */
const OF_ECS: ReadonlySet<string> = new Set(STATUSES);
/** ECS may name further ones: more than that in one scope are summed. */
const MAX_OTHER_STATUSES = 10;

const RECENTLY_MS = 60 * 60 * 1000;

const LABELS = ['scope', 'account', 'region'];

/** A metric with one sample for each scope; null: the scope has none. */
function ofScope(
  name: string,
  help: string,
  value: (facts: ScopeFacts) => number | null,
  merge: Metric<ScopeFacts>['merge'] = add,
): Metric<ScopeFacts> {
  const samples = (facts: ScopeFacts): readonly Sample[] => {
    const found = value(facts);
    return found === null ? [] : [{ labels: { ...facts.labels }, value: found }];
  };
  return { name, type: 'gauge', help, labels: LABELS, merge, samples };
}

/** A time, or null where there is none. Of many scopes the oldest counts. */
function timeOfScope(
  name: string,
  help: string,
  timeMs: (facts: ScopeFacts) => number | null,
): Metric<ScopeFacts> {
  const value = (facts: ScopeFacts): number | null => {
    const foundMs = timeMs(facts);
    return foundMs === null ? null : seconds(foundMs);
  };
  return ofScope(name, help, value, Math.min);
}

function healthOf({ view }: ScopeFacts): Health {
  return view.health ?? NEW_HEALTH;
}

/** A metric that only grows. Scopes over the bound are added up. */
function counterOfScope(
  name: string,
  help: string,
  value: (facts: ScopeFacts) => number | null,
): Metric<ScopeFacts> {
  return { ...ofScope(name, help, value), type: 'counter' };
}

/** What only a complete scan has. */
function ifScanned(facts: ScopeFacts, value: number): number | null {
  return healthOf(facts).lastGoodAtMs === null ? null : value;
}

export const SCOPE_METRICS: readonly Metric<ScopeFacts>[] = [
  ofScope(
    'ecs_watch_scope_healthy',
    '1 while the scope is neither failing nor stale, as /healthz decides; otherwise 0.',
    ({ view }) => Number(view.freshness.healthy),
    Math.min,
  ),
  ofScope(
    'ecs_watch_scope_stale',
    '1 while the last complete scan is too old to rely on, or there is none; otherwise 0.',
    ({ view }) => Number(view.freshness.stale),
    Math.max,
  ),
  ofScope(
    'ecs_watch_scan_age_seconds',
    'Time since the end of the last complete scan, when this was answered.',
    (facts) => {
      const { lastGoodAtMs } = healthOf(facts);
      return lastGoodAtMs === null ? null : seconds(Math.max(0, facts.nowMs - lastGoodAtMs));
    },
    Math.max,
  ),
  timeOfScope(
    'ecs_watch_scan_timestamp_seconds',
    'When the last complete scan ended.',
    (facts) => healthOf(facts).lastGoodAtMs,
  ),
  timeOfScope(
    'ecs_watch_scan_attempt_timestamp_seconds',
    'When the last scan ended, complete or not.',
    (facts) => healthOf(facts).lastAttemptAtMs || null,
  ),
  ofScope(
    'ecs_watch_scan_duration_seconds',
    'Duration of the last complete scan, from its first request to its last answer.',
    (facts) => ifScanned(facts, seconds(healthOf(facts).scanMs)),
    Math.max,
  ),
  ofScope(
    'ecs_watch_scan_pages',
    'Pages of DescribeInstanceStatus that the last complete scan has read.',
    (facts) => ifScanned(facts, healthOf(facts).pages),
  ),
  ofScope('ecs_watch_scan_instances', 'Instances that the last complete scan has seen.', (facts) =>
    ifScanned(facts, healthOf(facts).instances),
  ),
  ofScope(
    'ecs_watch_scan_failures',
    'Scans in a row that were not complete; 0 after a complete one.',
    (facts) => healthOf(facts).failures,
  ),
  ofScope(
    'ecs_watch_scan_calls',
    'Requests of all kinds that the last tick has sent to ECS; absent while unknown.',
    (facts) => healthOf(facts).lastCalls?.calls ?? null,
  ),
  ofScope(
    'ecs_watch_scan_throttles',
    'Requests of the last tick that ECS has throttled; absent while unknown.',
    (facts) => healthOf(facts).lastCalls?.throttles ?? null,
  ),
  ofScope(
    'ecs_watch_scan_calls_budget',
    'Calls to ECS that the scope may send in a minute; absent while unknown.',
    (facts) => healthOf(facts).lastCalls?.budgetPerMinute ?? null,
  ),
  ofScope(
    'ecs_watch_scan_calls_left',
    'Calls to ECS of the rate budget that the last tick has left over; absent while unknown.',
    (facts) => healthOf(facts).callsLeft?.calls ?? null,
  ),
  counterOfScope(
    'ecs_watch_calls_total',
    'Requests that ticks have sent to ECS, as far as they could store it.',
    ({ view }) => view.sent?.calls ?? null,
  ),
  counterOfScope(
    'ecs_watch_throttles_total',
    'Requests that ECS has throttled, as far as ticks could store it.',
    ({ view }) => view.sent?.throttles ?? null,
  ),
  ofScope(
    'ecs_watch_scan_round_seen_ratio',
    'How much of the fleet a scan over several ticks has seen, from 0 to 1; absent otherwise.',
    (facts) => {
      const { round } = healthOf(facts);
      if (round === undefined) return null;
      return round.seenCount / Math.max(1, round.seenCount, round.totalCount);
    },
    Math.min,
  ),
  ofScope(
    'ecs_watch_tick_period_seconds',
    'About how far apart the last ticks were; absent before the second one.',
    (facts) => {
      const { periodMs } = healthOf(facts);
      return periodMs === undefined ? null : seconds(periodMs);
    },
    Math.max,
  ),
  ofScope(
    'ecs_watch_held_releases',
    'Instances that vanished at once, so that their release is not believed yet; 0: none.',
    (facts) => healthOf(facts).hold?.missing ?? 0,
  ),
  {
    name: 'ecs_watch_instances',
    type: 'gauge',
    help: 'Instances by their last known status.',
    labels: [...LABELS, 'status'],
    merge: add,
    samples: instancesByStatus,
  },
  counterOfScope(
    'ecs_watch_changes_total',
    'Changes of instances in the commits of the journal; a baseline counts none. Absent while unknown.',
    ({ view }) => view.snapshot.changeCount ?? null,
  ),
  ofScope(
    'ecs_watch_instances_changed_last_hour',
    'Instances that took another status or were released within the last hour.',
    ({ view, nowMs }) => countAfter(instanceTotals(view.snapshot).changedAtMs, nowMs - RECENTLY_MS),
  ),
  {
    ...timeOfScope(
      'ecs_watch_last_change_timestamp_seconds',
      'When an instance last took another status or was released; absent: not as far as is known.',
      ({ view }) => instanceTotals(view.snapshot).changedAtMs[0] ?? null,
    ),
    merge: Math.max,
  },
];

function instancesByStatus({ labels, view }: ScopeFacts): readonly Sample[] {
  const { statuses } = instanceTotals(view.snapshot);
  const others = [...statuses].filter(([status]) => !OF_ECS.has(status));
  return [
    ...STATUSES.map((status) => [status, statuses.get(status) ?? 0] as const),
    ...others.map(([status, count], index) =>
      index < MAX_OTHER_STATUSES ? ([status, count] as const) : ([OTHERS, count] as const),
    ),
  ].map(([status, value]) => ({ labels: { ...labels, status }, value }));
}

/** Does this scope have more statuses than are given one by one? */
export function hasTooManyStatuses({ view }: ScopeFacts): boolean {
  const { statuses } = instanceTotals(view.snapshot);
  const others = [...statuses.keys()].filter((status) => !OF_ECS.has(status));
  return others.length > MAX_OTHER_STATUSES;
}
