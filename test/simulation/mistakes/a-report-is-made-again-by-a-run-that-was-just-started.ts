import * as real from '../../../shared/watch/core/periodic/schedule.ts';

/** What was reported before is not asked of the journal. */
export const dueReport: typeof real.dueReport = (schedule, nowMs, _reported, countedSinceMs) =>
  real.dueReport(schedule, nowMs, 0, countedSinceMs);
