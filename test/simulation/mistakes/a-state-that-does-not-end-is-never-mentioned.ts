import * as real from '../../../shared/delivery/core/news/settle-news.ts';

export const settleNews: typeof real.settleNews = (...args) => {
  const news = real.settleNews(...args);
  const lasting = news.standings.filter(({ what }) => what.kind === 'lasting');
  const isLasting = (scope: string, id: string): boolean =>
    lasting.some((one) => one.scope === scope && one.instanceId === id);
  const commits = news.commits
    .map((commit) => ({
      ...commit,
      changes: commit.changes.filter(({ instanceId }) => !isLasting(commit.scope, instanceId)),
    }))
    .filter(({ notice, changes }) => notice !== undefined || changes.length > 0);
  return { ...news, commits };
};
