import type { ChannelState } from '../../core/channel-state.ts';

/** The next version of a channel's state, made by this run. */
export function nextState(
  state: ChannelState,
  tickId: string,
  change: Partial<ChannelState> = {},
): ChannelState {
  return { ...state, ...change, version: state.version + 1, tickId };
}
