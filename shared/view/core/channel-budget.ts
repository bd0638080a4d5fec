import type { ChannelState } from '../../core/channel-state.ts';
import { usedAt } from '../../core/quota.ts';
import { MINUTE_MS } from '../../core/time.ts';
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

/** Messages of the last minute, of those that a receiver with a limit counts. */
export function sentLastMinute(
  { sentAtMs }: Pick<ChannelState, 'sentAtMs'>,
  nowMs: number,
): number {
  return sentAtMs.filter((atMs) => atMs > nowMs - MINUTE_MS).length;
}

/** The shortest time first. Empty: nothing is known of limits. */
export function channelBudgets(
  state: Pick<ChannelState, 'sentAtMs' | 'used' | 'limits'>,
  nowMs: number,
): readonly ChannelBudget[] {
  const { messagesPerMinute, quota } = state.limits ?? {};
  const sent = sentLastMinute(state, nowMs);
  return [
    ...(messagesPerMinute === undefined
      ? []
      : [{ per: 'minute' as const, used: sent, limit: messagesPerMinute }]),
    ...(quota === undefined
      ? []
      : [
          {
            per: quota.per,
            used: usedAt(state.used, quota, nowMs).messages,
            limit: quota.messages,
          },
        ]),
  ];
}
