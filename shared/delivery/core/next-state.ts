import type { ChannelState } from '../../core/channel-state.ts';
import { MAX_CLOCK_DIFFERENCE_MS } from '../../core/time.ts';

/** The next version of a channel's state, made by this run. */
export function nextState(
  state: ChannelState,
  tickId: string,
  change: Partial<ChannelState> = {},
): ChannelState {
  return { ...state, ...change, version: state.version + 1, tickId };
}

/**
 * A state whose times may be waited for. One that was written in the future comes from a clock that
 * has been set back since, and would keep the channel silent until that time comes again.
 */
export function withCredibleTimes(state: ChannelState, nowMs: number): ChannelState {
  if (state.attemptedAtMs <= nowMs + MAX_CLOCK_DIFFERENCE_MS) return state;
  const { claim } = state;
  return { ...state, claim: claim && { ...claim, untilMs: 0 }, notBeforeMs: 0, sentAtMs: [] };
}
