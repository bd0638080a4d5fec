import * as real from '../../../shared/watch/core/details-round.ts';

export const detailsRoundAt: typeof real.detailsRoundAt = (...all) => ({
  ...real.detailsRoundAt(...all),
  uncommitted: [],
});
