import * as real from '../../../shared/delivery/core/news/settle-news.ts';

export const settleNews: typeof real.settleNews = (...args) => {
  const news = real.settleNews(...args);
  const shown = new Set<string>();
  const isFirst = (key: string): boolean => !shown.has(key) && shown.add(key).has(key);
  const commits = news.commits.map((commit) => {
    const first = commit.changes.filter(({ instanceId }) =>
      isFirst(`${commit.scope} ${instanceId}`),
    );
    return commit.notice === undefined ? { ...commit, changes: first } : commit;
  });
  return { ...news, commits };
};
