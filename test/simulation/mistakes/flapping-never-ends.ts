import * as real from '../../../shared/delivery/core/news/settle-news.ts';

export const settleNews: typeof real.settleNews = (held, pending, settling, time, ...rest) => {
  const restless = held.map((one) =>
    one.flapping === null ? one : { ...one, flips: [time.nowMs] },
  );
  return real.settleNews(restless, pending, settling, time, ...rest);
};
