import { healthWithCredibleTimes } from '../../core/credible-times.ts';
import { fnv1a } from '../../core/fnv.ts';
import { conditionOf, type Health, type HealthLimits } from '../../core/health.ts';
import type { Scope } from '../../core/model.ts';
import { MINUTE_MS } from '../../core/time.ts';

/** The scopes of one invocation. */
export type Shard = readonly Scope[];

/** So many share one cold start and one registration of the channels, and one slow page delays as many. */
const SCOPES_PER_SHARD = 10;

/** Shards that run at once: `reservedConcurrency` of the function `scan` in s.yaml. */
export const SHARDS_AT_ONCE = 10;

/**
 * The scopes in shards, whatever their order: they are sorted by a hash and cut, so that a scope more
 * or less moves few others, and warm memory is still of use. Scopes of one account and region share a
 * call budget. They stay in one shard: two would each take it for their own.
 */
export function shardsOf(
  scopes: readonly Scope[],
  size: number = SCOPES_PER_SHARD,
): readonly Shard[] {
  const groups = new Map<string, Scope[]>();
  for (const scope of scopes) {
    const key = `${scope.account}/${scope.regionId}`;
    groups.set(key, [...(groups.get(key) ?? []), scope]);
  }
  const sorted = [...groups]
    .map(([key, group]) => ({ key, hash: fnv1a(key), group: group.sort(byKey) }))
    .sort((one, other) => one.hash - other.hash || (one.key < other.key ? -1 : 1));
  const shards: Scope[][] = [];
  for (const { group } of sorted) {
    const last = shards.at(-1);
    if (last !== undefined && last.length + group.length <= size) last.push(...group);
    else shards.push([...group]);
  }
  return shards;
}

function byKey(one: Scope, other: Scope): number {
  return one.key < other.key ? -1 : 1;
}

/** Multiples of it are spread evenly over the numbers from 0 to 1, and so are those of any period of it. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * The place of the shard that a run invokes first. Where time is short, the shards that come last are not
 * invoked. Each minute begins at another place, so that these are not the same ones again and again,
 * whatever the period of the timer.
 */
export function firstPlace(startMs: number, count: number): number {
  const minute = Math.floor(startMs / MINUTE_MS);
  return Math.floor(((minute * GOLDEN_RATIO) % 1) * count);
}

/** The share of a run's time in which it waits for its shards; the rest is for delivery. */
const WAITING_SHARE = 0.6;

/** When a run stops waiting for its shards. */
export function waitUntilMs({
  startMs,
  deadlineMs,
}: {
  readonly startMs: number;
  readonly deadlineMs: number;
}): number {
  return startMs + (deadlineMs - startMs) * WAITING_SHARE;
}

/** Scopes without a report that a run takes up at once. */
export const UNREPORTED_AT_ONCE = 50;

/** The share of a run's time after which it takes up no further ones. What is left is for delivery. */
const UNREPORTED_SHARE = 0.8;

/** Until when a run takes up scopes without a report, and writes their failures. */
export function unreportedUntilMs({
  startMs,
  deadlineMs,
}: {
  readonly startMs: number;
  readonly deadlineMs: number;
}): number {
  return startMs + (deadlineMs - startMs) * UNREPORTED_SHARE;
}

/** A scope without a report, and what is known of its shard. */
export interface Unreported {
  readonly scope: Scope;
  /** May the shard have run, or still run? False only where it certainly has not. */
  readonly mayHaveRun: boolean;
  readonly reason: string;
}

/**
 * Is a failed scan to be written for a scope without a report? Where the shard never started, nothing
 * else will say that the scope was not watched. Where it may have run, a failure could replace the
 * good health that it has written. Only a scope that has had no good scan for long, or none at all, shows
 * that its shards come to nothing: a failure hides no success there, and a shard that is only slow
 * replaces it by what it has found. `startMs`: of the run; a scan that has ended well since then, by a
 * shard of the run before, is no failure of this one.
 */
export function isFailureDue(
  { mayHaveRun }: Pick<Unreported, 'mayHaveRun'>,
  stored: Health,
  { startMs, nowMs }: { readonly startMs: number; readonly nowMs: number },
  limits?: HealthLimits,
): boolean {
  const { health } = healthWithCredibleTimes(stored, nowMs);
  const { lastGoodAtMs, lastAttemptAtMs } = health;
  if (lastGoodAtMs !== null && lastGoodAtMs >= startMs) return false;
  if (!mayHaveRun) return true;
  // The shard has written itself that it has failed.
  if (lastAttemptAtMs >= startMs && lastAttemptAtMs < nowMs) return false;
  const condition = conditionOf(health, nowMs, limits);
  return condition === 'stale' || condition === 'new';
}
