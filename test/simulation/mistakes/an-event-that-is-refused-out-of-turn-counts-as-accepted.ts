import * as real from '../../../shared/delivery/core/stuck.ts';

export const afterRefusalAhead: typeof real.afterRefusalAhead = (state) =>
  real.afterAcceptedAhead(state, state.attemptedAtMs);
