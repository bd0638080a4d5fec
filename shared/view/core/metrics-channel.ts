import { type ChannelState, isFailing, recentlySetAside } from '../../core/channel-state.ts';
import type { Outcome } from '../../core/message.ts';
import { isoTime, MAX_TIME_MS } from '../../core/time.ts';
import { sentLastMinute } from './channel-budget.ts';
import { add, type Metric, OTHERS, type Sample, seconds } from './metrics-text.ts';

type Verdict = Outcome['kind'];

/** What the rows say of a channel. */
export interface ChannelRows {
  readonly name: string;
  readonly state: ChannelState;
  /** Commits that are still to be sent, as /healthz has them. */
  readonly backlog: number;
  /** When the oldest of them was made; null: there is none, or it was not read. */
  readonly waitingSinceMs: number | null;
  /** Of its last attempt; null: there was none, or its record cannot be read. */
  readonly lastVerdict: Verdict | null;
}

export interface ChannelFacts extends Omit<ChannelRows, 'name'> {
  readonly channel: string;
  readonly nowMs: number;
}

/** More channels than that have one sample in common, and their last attempts are not read. */
export const MAX_CHANNELS = 100;

export function channelFacts(
  channels: readonly ChannelRows[],
  nowMs: number,
): readonly ChannelFacts[] {
  return channels.map(({ name, ...rows }, index) => ({
    ...rows,
    channel: index < MAX_CHANNELS ? name : OTHERS,
    nowMs,
  }));
}

const LABELS = ['channel'];

/** A metric with one sample for each channel; null: the channel has none. */
function ofChannel(
  name: string,
  help: string,
  value: (facts: ChannelFacts) => number | null,
  merge: Metric<ChannelFacts>['merge'] = add,
): Metric<ChannelFacts> {
  const samples = (facts: ChannelFacts): readonly Sample[] => {
    const found = value(facts);
    return found === null ? [] : [{ labels: { channel: facts.channel }, value: found }];
  };
  return { name, type: 'gauge', help, labels: LABELS, merge, samples };
}

export const CHANNEL_METRICS: readonly Metric<ChannelFacts>[] = [
  ofChannel(
    'ecs_watch_channel_backlog_commits',
    'Commits that are still to be sent to the channel.',
    ({ backlog }) => backlog,
  ),
  ofChannel(
    'ecs_watch_channel_backlog_age_seconds',
    'How long the oldest commit that is still to be sent has been waiting; 0: none is.',
    backlogAge,
    Math.max,
  ),
  ofChannel(
    'ecs_watch_channel_failing',
    '1 while nothing reaches the channel, as notices announce it; otherwise 0.',
    ({ state }) => Number(isFailing(state)),
    Math.max,
  ),
  ofChannel(
    'ecs_watch_channel_failures',
    'Attempts in a row that were not delivered; 0 after a delivery.',
    ({ state }) => state.failures,
  ),
  {
    name: 'ecs_watch_channel_last_outcome',
    type: 'gauge',
    help: '1 for what became of the last attempt at the channel, 0 for every other outcome.',
    labels: [...LABELS, 'outcome'],
    merge: add,
    samples: lastOutcome,
  },
  ofChannel(
    'ecs_watch_channel_attempt_timestamp_seconds',
    'When the last attempt at the channel began or ended.',
    ({ state }) => (state.attemptedAtMs === 0 ? null : timestamp(state.attemptedAtMs)),
    Math.min,
  ),
  ofChannel(
    'ecs_watch_channel_delivery_timestamp_seconds',
    'When the channel last took a message.',
    ({ state }) => (state.deliveredAtMs === null ? null : timestamp(state.deliveredAtMs)),
    Math.min,
  ),
  ofChannel(
    'ecs_watch_channel_wait_seconds',
    'Time until the channel is tried again, as its receiver or its failures ask for; 0: at once.',
    ({ state, nowMs }) => seconds(Math.max(0, state.notBeforeMs - nowMs)),
    Math.max,
  ),
  ofChannel(
    'ecs_watch_channel_messages_last_minute',
    'Messages of the last minute, of those that a receiver with a limit counts.',
    ({ state, nowMs }) => sentLastMinute(state, nowMs),
  ),
  ofChannel(
    'ecs_watch_channel_messages_last_minute_limit',
    'Messages that the channel is sent in a minute at most; absent: no limit is known.',
    ({ state }) => state.limits?.messagesPerMinute ?? null,
  ),
  {
    name: 'ecs_watch_channel_quota_used_messages',
    type: 'gauge',
    help: 'Messages of this day or month (UTC), where a receiver has such a quota.',
    labels: [...LABELS, 'per'],
    merge: add,
    samples: quotaUsed,
  },
  {
    name: 'ecs_watch_channel_quota_limit_messages',
    type: 'gauge',
    help: 'Messages that a receiver takes in a day or month (UTC), where it has such a quota.',
    labels: [...LABELS, 'per'],
    merge: add,
    samples: ({ channel, state: { limits } }) =>
      limits?.quota === undefined
        ? []
        : [{ labels: { channel, per: limits.quota.per }, value: limits.quota.messages }],
  },
  ofChannel(
    'ecs_watch_channel_held_instances',
    'Instances whose news is held back until it settles, or that have changed lately.',
    ({ state }) => state.held.length,
  ),
  ofChannel(
    'ecs_watch_channel_set_aside_commits',
    'Commits of the last week that the receiver never took.',
    ({ state, nowMs }) => recentlySetAside(state, nowMs).length,
  ),
];

/** A row that cannot be read has a time that no clock reaches. */
function timestamp(timeMs: number): number | null {
  return timeMs >= MAX_TIME_MS ? null : seconds(timeMs);
}

function backlogAge({ backlog, waitingSinceMs, nowMs }: ChannelFacts): number | null {
  if (waitingSinceMs !== null) return seconds(Math.max(0, nowMs - waitingSinceMs));
  return backlog === 0 ? 0 : null;
}

const VERDICTS: Readonly<Record<Verdict, true>> = {
  delivered: true,
  retry: true,
  throttled: true,
  rejected: true,
};

function lastOutcome({ channel, lastVerdict }: ChannelFacts): readonly Sample[] {
  if (lastVerdict === null) return [];
  return Object.keys(VERDICTS).map((outcome) => ({
    labels: { channel, outcome },
    value: Number(outcome === lastVerdict),
  }));
}

const MONTH = 'YYYY-MM'.length;

/** The period says what kind it is; in a new one nothing is used yet. */
function quotaUsed({ channel, state, nowMs }: ChannelFacts): readonly Sample[] {
  const { period, messages } = state.used;
  if (period === '') return [];
  const isCurrent = isoTime(nowMs).startsWith(period);
  const per = period.length === MONTH ? 'month' : 'day';
  return [{ labels: { channel, per }, value: isCurrent ? messages : 0 }];
}
