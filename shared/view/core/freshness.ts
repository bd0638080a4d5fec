import {
  conditionOf,
  HEALTH_LIMITS,
  type Health,
  type HealthLimits,
  staleAfterMs,
} from '../../core/health.ts';
import { isoTime } from '../../core/time.ts';
import type { Headers } from './openapi/description.ts';
import { ALWAYS_TRUE, BOOLEAN, COUNT, type FieldSchemas, orNull, TIME } from './schema.ts';

/** How old the shown state of the fleet is. */
export interface Freshness {
  /** The end of the last complete scan; null before the first one. */
  readonly asOf: string | null;
  readonly ageSeconds: number | null;
  readonly stale: boolean;
  /** Neither stale nor failing, as `conditionOf` decides. */
  readonly healthy: boolean;
  /** The scope holds no instance and is looked at every few minutes only. Absent: at every tick. */
  readonly rests?: true;
}

export const RESTS_FIELD = { rests: ALWAYS_TRUE } as const;

/** The fields of all scopes of an answer together. */
export const AGE_FIELDS = {
  asOf: orNull(TIME),
  ageSeconds: orNull(COUNT),
  stale: BOOLEAN,
  healthy: BOOLEAN,
} as const satisfies FieldSchemas<Omit<Freshness, 'rests'>>;

const NEVER: Freshness = { asOf: null, ageSeconds: null, stale: true, healthy: false };

/**
 * The freshness of a past state at a time. `seenAtMs`: until when it was seen to last; null: the scope
 * was not watched yet. In an outage it grows old, as the present state does.
 */
export function freshnessThen(
  health: Health | undefined,
  seenAtMs: number | null,
  timeMs: number,
  limits: HealthLimits = HEALTH_LIMITS,
): Freshness {
  if (seenAtMs === null) return NEVER;
  const asOfMs = Math.min(timeMs, seenAtMs);
  const ageMs = timeMs - asOfMs;
  const stale = ageMs > staleAfterMs(health ?? {}, limits);
  return { asOf: isoTime(asOfMs), ageSeconds: Math.floor(ageMs / 1000), stale, healthy: !stale };
}

/** The freshness of a scope with this health; undefined before the first tick. */
export function freshness(
  health: Health | undefined,
  nowMs: number,
  limits: HealthLimits = HEALTH_LIMITS,
): Freshness {
  const asOfMs = health?.lastGoodAtMs ?? null;
  if (asOfMs === null) return NEVER;
  const ageMs = Math.max(0, nowMs - asOfMs);
  return {
    asOf: isoTime(asOfMs),
    ageSeconds: Math.floor(ageMs / 1000),
    stale: ageMs > staleAfterMs(health ?? {}, limits),
    healthy: conditionOf(health, nowMs, limits) === 'healthy',
    ...(health?.rests === true && { rests: true }),
  };
}

/**
 * Scopes that are shown together are as old as the oldest of them, and as healthy as the worst. An
 * empty one that is looked at less often makes the others no older, unless it is stale.
 */
export function oldest(all: readonly Freshness[]): Freshness {
  const awake = all.filter(({ rests, stale }) => rests !== true || stale);
  const aged = awake.length > 0 ? awake : all;
  const age = ({ ageSeconds }: Freshness): number => ageSeconds ?? Number.POSITIVE_INFINITY;
  const { asOf, ageSeconds, stale } = aged.reduce(
    (one, other) => (age(other) > age(one) ? other : one),
    aged[0] ?? NEVER,
  );
  return {
    asOf,
    ageSeconds,
    stale,
    healthy: all.length > 0 && all.every(({ healthy }) => healthy),
  };
}

/** The same on every answer, on one without a body too. */
export function freshnessHeaders({
  asOf,
  ageSeconds,
  stale,
}: Pick<Freshness, 'asOf' | 'ageSeconds' | 'stale'>): Readonly<Record<string, string>> {
  return {
    ...(asOf !== null && { 'x-ecs-watch-as-of': asOf }),
    ...(ageSeconds !== null && { 'x-ecs-watch-age-seconds': String(ageSeconds) }),
    'x-ecs-watch-stale': String(stale),
  };
}

export const FRESHNESS_HEADERS: Headers = {
  'x-ecs-watch-as-of': {
    description: 'The end of the last complete scan. Absent before the first one.',
    schema: TIME,
  },
  'x-ecs-watch-age-seconds': { description: 'The time since then.', schema: COUNT },
  'x-ecs-watch-stale': { description: 'Whether that is too long.', schema: BOOLEAN },
};
