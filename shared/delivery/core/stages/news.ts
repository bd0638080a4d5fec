import type { Commit } from '../../../core/model.ts';
import type { Stage } from './stage.ts';

/** The rows of a baseline are silent: the last one announces it once, as a number. */
export const news: Stage = (draft) => {
  const silent = draft.pending.flat().filter((commit) => !isNews(commit));
  return silent.length === 0 ? draft : { ...draft, silent: new Set([...draft.silent, ...silent]) };
};

function isNews({ notice }: Commit): boolean {
  return notice?.kind !== 'baseline' || notice.last;
}
