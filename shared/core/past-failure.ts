import { type ChannelState, isFailing } from './channel-state.ts';
import { MAX_BACK_OFF_MS } from './credible-times.ts';

/** A channel that fails while something waits for it is tried every hour at least. */
const UNTRIED_MS = 3 * 60 * 60 * 1000;

/** Was its next attempt due hours ago? Then nothing waits for it, or it is no longer configured. */
export function isUntried(
  { attemptedAtMs, notBeforeMs }: Pick<ChannelState, 'attemptedAtMs' | 'notBeforeMs'>,
  nowMs: number,
): boolean {
  // A receiver may ask for a pause of a day: only the time after it says that no attempt is made.
  const pausedUntilMs = Math.min(notBeforeMs, attemptedAtMs + MAX_BACK_OFF_MS);
  return nowMs - Math.max(attemptedAtMs, pausedUntilMs) >= UNTRIED_MS;
}

/**
 * Is a failure over with the message that has failed? What nothing is tried again for, such as a reminder,
 * leaves a failure or two, which say nothing of the receiver hours later. A channel that was failing stays so.
 */
export function isPastFailure(state: ChannelState, nowMs: number): boolean {
  return state.failures > 0 && !isFailing(state) && isUntried(state, nowMs);
}

/** The state without such a failure. */
export function withoutPastFailure(state: ChannelState, nowMs: number): ChannelState {
  if (!isPastFailure(state, nowMs)) return state;
  return { ...state, failures: 0, failingSinceMs: null, unmarked: 0, problem: null };
}
