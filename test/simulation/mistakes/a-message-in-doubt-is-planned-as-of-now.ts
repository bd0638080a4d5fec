import * as real from '../../../shared/delivery/core/held-news.ts';

export const newsOf: typeof real.newsOf = (commits, circumstances, ...rest) => {
  const { state, nowMs } = circumstances;
  const { claim, maybeDeliveredAsOfMs } = state;
  const asOfNow = {
    ...state,
    claim: claim && { ...claim, asOfMs: nowMs },
    maybeDeliveredAsOfMs: maybeDeliveredAsOfMs && nowMs,
  };
  return real.newsOf(commits, { ...circumstances, state: asOfNow }, ...rest);
};
