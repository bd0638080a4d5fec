import type * as real from '../../../shared/core/channel-state.ts';

export const atDestination: typeof real.atDestination = (state, destination) => ({
  ...state,
  destination,
});
