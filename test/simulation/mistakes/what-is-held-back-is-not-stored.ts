import * as real from '../../../shared/delivery/core/claim.ts';

export const skipTo: typeof real.skipTo = (state, to, tickId) => real.skipTo(state, to, tickId);
