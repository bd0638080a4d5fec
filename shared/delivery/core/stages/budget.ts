import type { Stage } from './stage.ts';

/** Receivers count the messages of a minute. */
const BUDGET_PERIOD_MS = 60_000;

/** Holds everything while the messages of this minute are used up, whichever run sent them. */
export const budget: Stage = (draft, { manner, state, nowMs }) => {
  const { messagesPerMinute } = manner;
  const recent = countedSends(state.sentAtMs, nowMs);
  const oldest = recent[recent.length - messagesPerMinute];
  if (oldest === undefined) return draft;
  return { kind: 'wait', untilMs: oldest + BUDGET_PERIOD_MS, reason: 'budget' };
};

/** Those of the sends that still count against the budget. */
export function countedSends(sentAtMs: readonly number[], nowMs: number): readonly number[] {
  return sentAtMs.filter((sent) => sent > nowMs - BUDGET_PERIOD_MS);
}
