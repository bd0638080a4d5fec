import { type ChannelState, isFailing } from '../../core/channel-state.ts';
import { MAX_BACK_OFF_MS } from '../../core/credible-times.ts';

/**
 * `retried`: its last attempts were not delivered, and the next one may be. `failing`: it is sent
 * nothing until something changes. `abandoned`: it failed, and no attempt is made any more.
 */
export type ChannelCondition = 'well' | 'retried' | 'failing' | 'abandoned';

/**
 * The view does not know which channels are configured. One that is failing is tried every hour at
 * least; one that was not tried for longer is no longer configured.
 */
const ABANDONED_AFTER_MS = 3 * 60 * 60 * 1000;

export function channelCondition(state: ChannelState, nowMs: number): ChannelCondition {
  const { failures, attemptedAtMs, notBeforeMs } = state;
  if (failures === 0) return 'well';
  // A receiver may ask for a pause of a day: only the time after it says that no attempt is made.
  const pausedUntilMs = Math.min(notBeforeMs, attemptedAtMs + MAX_BACK_OFF_MS);
  const dueAtMs = Math.max(attemptedAtMs, pausedUntilMs);
  if (nowMs - dueAtMs >= ABANDONED_AFTER_MS) return 'abandoned';
  return isFailing(state) ? 'failing' : 'retried';
}
