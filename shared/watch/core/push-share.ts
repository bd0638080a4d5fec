import type { Health } from '../../core/health.ts';
import { SHARDS_AT_ONCE } from './shards.ts';

/** The share of a call budget that polling leaves to events. */
const PUSH_SHARE = 0.2;

/** Events are taken by so many function instances at once, which know nothing of one another. */
const INSTANCES = SHARDS_AT_ONCE;

/** With fewer calls a minute, an instance would have less than one for events. */
export const MIN_CALLS_WITH_PUSH = INSTANCES / PUSH_SHARE;

/** What polling may call in a minute, beside events. */
export function pollingCallsPerMinute(callsPerMinute: number): number {
  return callsPerMinute * (1 - PUSH_SHARE);
}

/** What one function instance may call in a minute for events, in each region of each account. */
export function pushCallsPerMinute(callsPerMinute: number): number {
  return (callsPerMinute * PUSH_SHARE) / INSTANCES;
}

/**
 * Commits that events make in a scope before polling has ended once more. A run of polling whose place
 * in the journal was taken begins again with the next tick: a storm of events must not take it for ever.
 */
const MAX_COMMITS_BEFORE_POLLING = 20;

/** Why the events of a scope are left to polling; null: they are not. */
export function whyLeftToPolling(
  { seq, lastGoodAtMs }: Pick<Health, 'seq' | 'lastGoodAtMs'>,
  lastSeq: number,
): string | null {
  if (lastGoodAtMs === null) return 'no scan has been complete yet';
  return lastSeq - seq < MAX_COMMITS_BEFORE_POLLING
    ? null
    : `${lastSeq - seq} commits were made since polling has ended last`;
}
