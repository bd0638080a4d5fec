import type { Cursor } from '../../../core/channel-state.ts';
import type { Commit } from '../../../core/model.ts';
import { mayHaveArrived } from '../claim.ts';
import { mayHaveArrivedOfHeld } from '../news/held-news.ts';
import type { Stage } from './stage.ts';

/** What may already have arrived comes first and by itself, so that all of it can be labelled. */
export const repeat: Stage = (draft, { manner, state, nowMs }) => {
  // A summary is of commits that the cursor has passed, and knows by itself whether it is a repeat.
  if (draft.summary !== undefined) return draft;
  const reach = mayHaveArrived(state);
  const pending = draft.pending
    .map((commits) => commits.filter((commit) => isWithin(commit, reach)))
    .filter((commits) => commits.length > 0);
  const isHeldInDoubt = pending.length === 0 && mayHaveArrivedOfHeld(manner, state, nowMs);
  return pending.length === 0 && !isHeldInDoubt ? draft : { ...draft, pending, isRepeat: true };
};

export function isWithin({ scope, seq }: Commit, reach: Cursor): boolean {
  const limit = reach[scope];
  if (limit === undefined) return false;
  return seq <= limit.seq || (seq === limit.seq + 1 && limit.part > 0);
}
