import type { ChannelState } from '../../core/channel-state.ts';
import { usedAt } from '../../core/quota.ts';
import { COUNT, objectSchema } from './schema.ts';

/** What a channel was sent of the messages that its receiver takes in some time. */
export interface ChannelBudget {
  readonly per: 'minute' | 'day' | 'month';
  readonly used: number;
  readonly limit: number;
}

export const CHANNEL_BUDGET_SCHEMA = objectSchema({
  per: { enum: ['minute', 'day', 'month'] },
  used: COUNT,
  limit: COUNT,
});

const MINUTE_MS = 60_000;

/** The shortest time first. Empty: nothing is known of limits. */
export function channelBudgets(
  { sentAtMs, used, limits }: Pick<ChannelState, 'sentAtMs' | 'used' | 'limits'>,
  nowMs: number,
): readonly ChannelBudget[] {
  const { messagesPerMinute, quota } = limits ?? {};
  const sent = sentAtMs.filter((atMs) => atMs > nowMs - MINUTE_MS).length;
  return [
    ...(messagesPerMinute === undefined
      ? []
      : [{ per: 'minute' as const, used: sent, limit: messagesPerMinute }]),
    ...(quota === undefined
      ? []
      : [{ per: quota.per, used: usedAt(used, quota, nowMs).messages, limit: quota.messages }]),
  ];
}
