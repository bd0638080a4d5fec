import * as real from '../../../shared/delivery/core/claim.ts';

export const claimMessage: typeof real.claimMessage = (stored, { incidents: _, ...move }, moment) =>
  real.claimMessage(stored, move, moment);
