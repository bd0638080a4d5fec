import * as real from '../../../shared/watch/core/outage.ts';

export const isMessageDue: typeof real.isMessageDue = (outage, { startMs }) =>
  real.isMessageDue(outage, { isFirstTick: false, startMs });
