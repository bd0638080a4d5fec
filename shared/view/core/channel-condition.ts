import { type ChannelState, isFailing } from '../../core/channel-state.ts';
import { isUntried } from '../../core/past-failure.ts';

/**
 * `retried`: its last attempts were not delivered, and the next one may be. `failing`: it is sent
 * nothing until something changes. `abandoned`: it failed, and no attempt is made any more.
 */
export type ChannelCondition = 'well' | 'retried' | 'failing' | 'abandoned';

/** The view does not know which channels are configured: one that is not tried may not be. */
export function channelCondition(state: ChannelState, nowMs: number): ChannelCondition {
  if (state.failures === 0) return 'well';
  if (isUntried(state, nowMs)) return 'abandoned';
  return isFailing(state) ? 'failing' : 'retried';
}
