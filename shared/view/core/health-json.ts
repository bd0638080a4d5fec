import {
  backlog,
  type ChannelState,
  failingSince,
  recentlySetAside,
} from '../../core/channel-state.ts';
import { withCredibleTimes } from '../../core/credible-times.ts';
import type { Health, HealthLimits } from '../../core/health.ts';
import type { Scope } from '../../core/model.ts';
import { withoutPastFailure } from '../../core/past-failure.ts';
import { type RoundProgress, roundProgress } from '../../core/round.ts';
import { isoTime } from '../../core/time.ts';
import { CHANNEL_BUDGET_SCHEMA, type ChannelBudget, channelBudgets } from './channel-budget.ts';
import { channelCondition } from './channel-condition.ts';
import { AGE_FIELDS, freshness, RESTS_FIELD } from './freshness.ts';
import { LAST_SCAN_FIELD, type LastScan, scanJson } from './scan-json.ts';
import {
  ALWAYS_TRUE,
  BOOLEAN,
  COUNT,
  type FieldSchemas,
  listSchema,
  named,
  objectSchema,
  orNull,
  TEXT,
  TIME,
} from './schema.ts';

/**
 * Reasons and problems are texts of other services, and a hold says how many instances there were:
 * only callers with the token get them.
 */
interface Audience {
  readonly isTrusted: boolean;
}

export interface ScopeHealth {
  readonly scope: string;
  readonly lastGoodAt: string | null;
  readonly ageSeconds: number | null;
  readonly stale: boolean;
  readonly healthy: boolean;
  readonly rests?: true;
  readonly failures: number;
  /** A scan that goes on over several ticks. Absent: none is under way. */
  readonly round?: RoundProgress;
  readonly lastScan?: LastScan;
  readonly reason?: string;
  readonly hold?: { readonly missing: number; readonly scans: number; readonly since: string };
}

export function scopeHealth(
  { key }: Scope,
  health: Health | undefined,
  nowMs: number,
  { isTrusted }: Audience,
  limits?: HealthLimits,
): ScopeHealth {
  const { asOf, ageSeconds, stale, healthy, rests } = freshness(health, nowMs, limits);
  const reason = health?.reason ?? null;
  const hold = health?.hold ?? null;
  return {
    scope: key,
    lastGoodAt: asOf,
    ageSeconds,
    stale,
    healthy,
    ...(rests && { rests }),
    failures: health?.failures ?? 0,
    ...(isTrusted && scanJson(health)),
    ...(isTrusted && health?.round && { round: roundProgress(health.round) }),
    ...(isTrusted && reason !== null && { reason }),
    ...(isTrusted &&
      hold !== null && {
        hold: { missing: hold.missing, scans: hold.scans, since: isoTime(hold.sinceMs) },
      }),
  };
}

const HOLD_SCHEMA = objectSchema({ missing: COUNT, scans: COUNT, since: TIME });
const ROUND_SCHEMA = objectSchema({
  since: TIME,
  seen: COUNT,
  of: COUNT,
} satisfies FieldSchemas<RoundProgress>);

const { asOf: LAST_GOOD_AT, ...CONDITION_FIELDS } = AGE_FIELDS;

export const SCOPE_HEALTH_SCHEMA = named(
  'ScopeHealth',
  objectSchema(
    { scope: TEXT, lastGoodAt: LAST_GOOD_AT, ...CONDITION_FIELDS, failures: COUNT },
    { ...RESTS_FIELD, ...LAST_SCAN_FIELD, round: ROUND_SCHEMA, reason: TEXT, hold: HOLD_SCHEMA },
  ),
);

export interface ChannelHealth {
  readonly channel: string;
  /** Commits that are still to be sent. */
  readonly backlog: number;
  /** Attempts in a row that were not delivered. */
  readonly failures: number;
  /** When the first of them ended. Absent: there is none, or it is not known. */
  readonly failingSince?: string;
  /** It is sent nothing: several attempts in a row have failed, or one was refused for good. */
  readonly failing: boolean;
  /** Its last attempt failed hours ago, and no other was made: it may no longer be configured. */
  readonly abandoned?: true;
  readonly problem?: string;
  readonly deliveredAt: string | null;
  /** Absent: it has no limits, or none is known. */
  readonly budgets?: readonly ChannelBudget[];
  /** Commits of the last week that its receiver never took, as `scope/seq`. Absent: none. */
  readonly setAside?: readonly string[];
}

export function channelHealth(
  channel: string,
  stored: ChannelState,
  lastSeqs: ReadonlyMap<string, number>,
  nowMs: number,
  { isTrusted }: Audience,
): ChannelHealth {
  const waiting = backlog(stored, lastSeqs);
  const state = waiting === 0 ? withoutPastFailure(stored, nowMs) : stored;
  const { failures, problem, deliveredAtMs } = state;
  const sinceMs = failingSince(withCredibleTimes(state, nowMs).state);
  const condition = channelCondition(state, nowMs);
  const budgets = channelBudgets(state, nowMs);
  const setAside = recentlySetAside(state, nowMs).map(({ scope, seq }) => `${scope}/${seq}`);
  return {
    channel,
    backlog: waiting,
    failures,
    ...(sinceMs !== null && { failingSince: isoTime(sinceMs) }),
    failing: condition === 'failing',
    ...(condition === 'abandoned' && { abandoned: true }),
    ...(isTrusted && problem !== null && { problem }),
    deliveredAt: deliveredAtMs === null ? null : isoTime(deliveredAtMs),
    ...(isTrusted && budgets.length > 0 && { budgets }),
    ...(setAside.length > 0 && { setAside }),
  };
}

export const CHANNEL_HEALTH_SCHEMA = named(
  'ChannelHealth',
  objectSchema(
    {
      channel: TEXT,
      backlog: COUNT,
      failures: COUNT,
      failing: BOOLEAN,
      deliveredAt: orNull(TIME),
    },
    {
      failingSince: TIME,
      abandoned: ALWAYS_TRUE,
      problem: TEXT,
      budgets: listSchema(CHANNEL_BUDGET_SCHEMA),
      setAside: listSchema(TEXT),
    },
  ),
);
