import * as real from '../../../shared/watch/core/periodic/schedule.ts';

const MINUTE_MS = 60 * 1000;

export const dueReport: typeof real.dueReport = (schedule, nowMs, ...facts) => {
  const period = real.dueReport(schedule, nowMs, ...facts);
  const isNow = period !== null && nowMs < period.untilMs + real.GRACE_MS + MINUTE_MS;
  return isNow ? period : null;
};
