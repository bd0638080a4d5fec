import type * as real from '../../../shared/core/credible-times.ts';

export const healthWithCredibleTimes: typeof real.healthWithCredibleTimes = (health) => ({
  health,
  ignored: [],
});
