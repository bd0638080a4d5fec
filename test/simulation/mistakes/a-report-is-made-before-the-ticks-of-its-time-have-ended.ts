import * as real from '../../../shared/watch/core/periodic/schedule.ts';

/** No grace for a tick that looked before and has not recorded yet. */
export const dueReport: typeof real.dueReport = (schedule, nowMs, ...facts) =>
  real.dueReport(schedule, nowMs + real.GRACE_MS, ...facts);
