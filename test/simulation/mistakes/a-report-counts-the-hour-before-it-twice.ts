import * as real from '../../../shared/watch/core/periodic/schedule.ts';

const HOUR_MS = 60 * 60 * 1000;

/** What a mute held back until the last report was sent is counted with the next one as well. */
export const dueReport: typeof real.dueReport = (...facts) => {
  const period = real.dueReport(...facts);
  return period && { ...period, fromMs: period.fromMs - HOUR_MS };
};
