import type { ChannelState } from '../../../core/channel-state.ts';
import type { Manner, Plan, Stage } from './stage.ts';

/** Receivers count the messages of a minute. */
const BUDGET_PERIOD_MS = 60_000;

/** Holds everything while the messages of this minute are used up, whichever run sent them. */
export const budget: Stage = (draft, { manner, state, nowMs }) => {
  return waitForBudget(manner, state, nowMs, 1) ?? draft;
};

/** Null: there is room for so many messages now. */
export function waitForBudget(
  { messagesPerMinute }: Manner,
  { sentAtMs }: Pick<ChannelState, 'sentAtMs'>,
  nowMs: number,
  takes: number,
): Extract<Plan, { kind: 'wait' }> | null {
  const recent = countedSends(sentAtMs, nowMs);
  const oldest = recent[recent.length + takes - 1 - messagesPerMinute];
  if (oldest === undefined) return null;
  return { kind: 'wait', untilMs: oldest + BUDGET_PERIOD_MS, reason: 'budget' };
}

/** Those of the sends that still count against the budget. */
export function countedSends(sentAtMs: readonly number[], nowMs: number): readonly number[] {
  return sentAtMs.filter((sent) => sent > nowMs - BUDGET_PERIOD_MS);
}
