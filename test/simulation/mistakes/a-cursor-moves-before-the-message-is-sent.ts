import * as real from '../../../shared/delivery/core/delivery.ts';

export const claimMessage: typeof real.claimMessage = (...args) => {
  const after = real.claimMessage(...args);
  return { ...after, cursor: after.claim?.to ?? after.cursor };
};
