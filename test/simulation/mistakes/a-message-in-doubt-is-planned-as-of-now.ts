import * as real from '../../../shared/delivery/core/held-news.ts';

export const newsOf: typeof real.newsOf = (commits, circumstances, ...rest) => {
  const { state, nowMs } = circumstances;
  const { claim, maybeDeliveredAsOf } = state;
  const asOf = { ms: nowMs, isAll: false };
  const asOfNow = {
    ...state,
    claim: claim && { ...claim, asOf },
    maybeDeliveredAsOf: maybeDeliveredAsOf && asOf,
  };
  return real.newsOf(commits, { ...circumstances, state: asOfNow }, ...rest);
};
