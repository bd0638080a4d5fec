import * as real from '../../../shared/watch/core/details-round.ts';

export const roundAfter: typeof real.roundAfter = (...all) => ({
  ...real.roundAfter(...all),
  after: '',
});
