import * as real from '../../../shared/delivery/core/news/settle-news.ts';

export const settleNews: typeof real.settleNews = (held, pending, settling, ...rest) => {
  const news = real.settleNews(held, pending, { ...settling, maxInstances: 1e6 }, ...rest);
  const waiting = news.held.filter(({ changes }) => changes.length > 0);
  return { ...news, held: waiting.slice(0, settling.maxInstances) };
};
