import { holdsOnlyDetails } from '../../../core/details.ts';
import type { Commit } from '../../../core/model.ts';
import type { Stage } from './stage.ts';

/**
 * The rows of a baseline are silent: the last one announces it once, as a number, unless there is
 * nothing to see. So are details that have changed, and, for the channel itself, the notice that it
 * fails: what it could not be sent says more.
 */
export const news: Stage = (draft, { manner }) => {
  const silent = draft.pending.flat().filter((commit) => !isNews(commit, manner.name));
  return silent.length === 0 ? draft : { ...draft, silent: new Set([...draft.silent, ...silent]) };
};

export function isNews(commit: Commit, channel: string | undefined): boolean {
  const { notice } = commit;
  if (holdsOnlyDetails(commit)) return false;
  if (notice?.kind === 'channel-failing') return notice.channel !== channel;
  return notice?.kind !== 'baseline' || (notice.last && notice.silent !== true);
}
