import type * as real from '../../../shared/delivery/core/stages/news.ts';

export const news: typeof real.news = (draft) => {
  const silent = draft.pending
    .flat()
    .filter(({ notice }) => notice?.kind === 'baseline' && !notice.last);
  return { ...draft, silent: new Set([...draft.silent, ...silent]) };
};
