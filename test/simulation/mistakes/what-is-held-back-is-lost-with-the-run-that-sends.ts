import * as real from '../../../shared/delivery/core/claim.ts';

export const claimMessage: typeof real.claimMessage = (...args) => ({
  ...real.claimMessage(...args),
  held: [],
});
