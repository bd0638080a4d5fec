import type { Stage } from './stage.ts';

/** Nothing is sent while another run's message is under way, or before a failure's back-off ends. */
export const turn: Stage = (draft, { state, tickId, nowMs }) => {
  const { claim, notBeforeMs } = state;
  if (claim !== null && claim.tickId !== tickId && claim.untilMs > nowMs) {
    return { kind: 'wait', untilMs: claim.untilMs, reason: 'claim' };
  }
  // The back-off is that of the stuck event; the receiver may take another one.
  if (notBeforeMs > nowMs && draft.isAhead !== true)
    return { kind: 'wait', untilMs: notBeforeMs, reason: 'back-off' };
  return draft;
};
