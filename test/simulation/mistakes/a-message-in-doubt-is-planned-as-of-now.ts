import * as real from '../../../shared/delivery/core/held-news.ts';

export const newsOf: typeof real.newsOf = (covered, circumstances, ...rest) => {
  const { state, nowMs } = circumstances;
  const { claim, maybeDeliveredAsOf } = state;
  const asOf = { ms: nowMs, isAll: false };
  const asOfNow = {
    ...state,
    claim: claim && { ...claim, asOf },
    maybeDeliveredAsOf: maybeDeliveredAsOf && asOf,
  };
  return real.newsOf(covered, { ...circumstances, state: asOfNow }, ...rest);
};
