import * as real from '../../../shared/watch/core/details-round.ts';

export const roundAt: typeof real.roundAt = (...all) => ({
  ...real.roundAt(...all),
  uncommitted: [],
});
