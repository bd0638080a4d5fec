import * as real from '../../../shared/delivery/core/news/held-news.ts';

export const newsOf: typeof real.newsOf = (covered, circumstances, ...rest) => {
  const { state, nowMs } = circumstances;
  const { claim, maybeDeliveredAsOf } = state;
  const now = { ms: nowMs, isAll: false };
  const asOfNow = {
    ...state,
    claim: claim && { ...claim, ...(claim.asOf && { asOf: { ...claim.asOf, ...now } }) },
    maybeDeliveredAsOf: maybeDeliveredAsOf && { ...maybeDeliveredAsOf, ...now },
  };
  return real.newsOf(covered, { ...circumstances, state: asOfNow }, ...rest);
};
