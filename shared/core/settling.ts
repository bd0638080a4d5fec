import { MINUTE_MS } from './time.ts';
/** When the news of an instance is ripe for a chat. It decides when a change is shown, never whether. */
export interface Settling {
  /** How long bad news is held back; 0: it is sent at once. */
  readonly badMs: number;
  /** How long all other news is held back; the next message takes it along. */
  readonly goodMs: number;
  /** So many arrivals in states that last, within this time, make an instance flapping. */
  readonly flaps: { readonly count: number; readonly withinMs: number };
  /** Instances whose news is held back at most. When there are more, all of it is sent. */
  readonly maxInstances: number;
}

/**
 * Ten minutes for good news: it asks for nothing, and a storm of starts becomes one message. Five
 * flips in half an hour: a person who restarts an instance twice makes four. The news of 200 instances
 * takes about 100 kB of a row, a twentieth of what its cell holds.
 */
export const SETTLING: Settling = {
  badMs: 0,
  goodMs: 10 * MINUTE_MS,
  flaps: { count: 5, withinMs: 30 * MINUTE_MS },
  maxInstances: 200,
};

/** Names the times of a channel; undefined: they are those of every chat. */
export function nameOfSettling(settling: Settling): string | undefined {
  const name = valuesOf(settling);
  return name === valuesOf(SETTLING) ? undefined : name;
}

function valuesOf({ badMs, goodMs, flaps, maxInstances }: Settling): string {
  return [badMs, goodMs, flaps.count, flaps.withinMs, maxInstances].join('/');
}
