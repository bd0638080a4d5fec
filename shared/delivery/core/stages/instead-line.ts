import { isLineDue } from '../fallback.ts';
import type { Stage } from './stage.ts';

/** A channel that its fallback stood in for is tried with one line about that, before any news. */
export const insteadLine: Stage = (draft, { manner, state, nowMs }) => {
  const { instead, claim, withoutUserText } = state;
  if (instead === undefined || !isLineDue(manner, state, nowMs)) return draft;
  const { isMaybeSaid = claim?.saysInstead === true } = instead;
  const part = { index: 0, count: 1 };
  return {
    kind: 'send',
    to: {},
    saysInstead: true,
    message: { commits: [], part, isRepeat: isMaybeSaid, withoutUserText, instead },
  };
};
