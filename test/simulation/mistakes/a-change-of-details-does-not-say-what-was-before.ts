import * as real from '../../../shared/watch/core/details-round.ts';

export const changedDetails: typeof real.changedDetails = (...all) =>
  real.changedDetails(...all).map((change) => ({ ...change, before: {} }));
