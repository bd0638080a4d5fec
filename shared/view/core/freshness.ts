import { backlog, type ChannelState, recentlySetAside } from '../../core/channel-state.ts';
import { type Health, STALE_AFTER_MS } from '../../core/health.ts';
import type { Scope } from '../../core/model.ts';
import { isoTime } from '../../core/time.ts';

/** How old the shown state of the fleet is. */
export interface Freshness {
  /** The end of the last complete scan; null before the first one. */
  readonly asOf: string | null;
  readonly ageSeconds: number | null;
  readonly stale: boolean;
}

const NEVER: Freshness = { asOf: null, ageSeconds: null, stale: true };

/** The freshness of a scope with this health; undefined before the first tick. */
export function freshness(health: Health | undefined, nowMs: number): Freshness {
  const asOfMs = health?.lastGoodAtMs ?? null;
  if (asOfMs === null) return NEVER;
  const ageMs = Math.max(0, nowMs - asOfMs);
  return {
    asOf: isoTime(asOfMs),
    ageSeconds: Math.floor(ageMs / 1000),
    stale: ageMs > STALE_AFTER_MS,
  };
}

/** Scopes that are shown together are as old as the oldest of them. */
export function oldest(all: readonly Freshness[]): Freshness {
  const age = ({ ageSeconds }: Freshness): number => ageSeconds ?? Number.POSITIVE_INFINITY;
  const { asOf, ageSeconds, stale } = all.reduce(
    (one, other) => (age(other) > age(one) ? other : one),
    all[0] ?? NEVER,
  );
  return { asOf, ageSeconds, stale };
}

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
  readonly failures: number;
  readonly reason?: string;
  readonly hold?: { readonly missing: number; readonly scans: number; readonly since: string };
}

export function scopeHealth(
  { key }: Scope,
  health: Health | undefined,
  nowMs: number,
  { isTrusted }: Audience,
): ScopeHealth {
  const { asOf, ageSeconds, stale } = freshness(health, nowMs);
  const reason = health?.reason ?? null;
  const hold = health?.hold ?? null;
  return {
    scope: key,
    lastGoodAt: asOf,
    ageSeconds,
    stale,
    failures: health?.failures ?? 0,
    ...(isTrusted && reason !== null && { reason }),
    ...(isTrusted &&
      hold !== null && {
        hold: { missing: hold.missing, scans: hold.scans, since: isoTime(hold.sinceMs) },
      }),
  };
}

export interface ChannelHealth {
  readonly channel: string;
  /** Commits that are still to be sent. */
  readonly backlog: number;
  /** Attempts in a row that were not delivered. */
  readonly failures: number;
  readonly problem?: string;
  readonly deliveredAt: string | null;
  /** Commits of the last week that its receiver never took, as `scope/seq`. Absent: none. */
  readonly setAside?: readonly string[];
}

export function channelHealth(
  channel: string,
  state: ChannelState,
  lastSeqs: ReadonlyMap<string, number>,
  nowMs: number,
  { isTrusted }: Audience,
): ChannelHealth {
  const { failures, problem, deliveredAtMs } = state;
  const setAside = recentlySetAside(state, nowMs).map(({ scope, seq }) => `${scope}/${seq}`);
  return {
    channel,
    backlog: backlog(state, lastSeqs),
    failures,
    ...(isTrusted && problem !== null && { problem }),
    deliveredAt: deliveredAtMs === null ? null : isoTime(deliveredAtMs),
    ...(setAside.length > 0 && { setAside }),
  };
}
