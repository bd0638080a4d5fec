import * as real from '../../../shared/watch/budget.ts';

export const openBudget: typeof real.openBudget = (callsPerMinute, nowMs) =>
  real.openBudget(callsPerMinute, nowMs, undefined);
