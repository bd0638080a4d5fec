import type { Random } from '../../local/random.ts';

/** How a store that is gone answers: it cannot, it refuses this account, or it is silent. */
export type Downtime = 'busy' | 'refused' | 'silent';

/** A time in which Tablestore answers no request. */
export interface StoreOutage {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly downtime: Downtime;
  /** Does one function instance serve all ticks, or a new one each, or as it happens? */
  readonly instances: 'one' | 'new' | 'any';
}

export interface StoreOutages {
  /** The outage of this moment; null: the store answers. */
  at(nowMs: number): StoreOutage | null;
  /** Begins one now and then, before a tick. */
  change(nowMs: number): void;
  /** All of them so far. */
  readonly all: readonly StoreOutage[];
}

/** With a tick a minute, the longest is an hour. */
const OUTAGE_TICKS = [2, 6, 15, 60] as const;
const BEGINS = 0.1;
const MAX_OUTAGES = 2;

export function storeOutages(random: Random, periodMs: number): StoreOutages {
  const all: StoreOutage[] = [];
  const at = (nowMs: number): StoreOutage | null =>
    all.find(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs) ?? null;
  return {
    at,
    all,
    change(nowMs) {
      if (all.length === MAX_OUTAGES || at(nowMs) !== null || !random.chance(BEGINS)) return;
      // It begins between two ticks, or in the middle of one.
      const fromMs = nowMs + random.pick([0, 200, 20_000]);
      all.push({
        fromMs,
        untilMs: fromMs + random.pick(OUTAGE_TICKS) * periodMs,
        downtime: random.pick(['busy', 'refused', 'silent']),
        instances: random.pick(['one', 'new', 'any']),
      });
    },
  };
}
