import * as real from '../../../shared/delivery/core/fallback.ts';

export const standsInSinceMs: typeof real.standsInSinceMs = (state, ...rest) =>
  real.standsInSinceMs({ ...state, isPaused: false }, ...rest);
