import type { Random } from '../../local/random.ts';

/** What a receiver does for many ticks: it refuses everything, or asks for ten minutes each time. */
export type ReceiverOutage = 'down' | 'pausing';

export interface ChannelOutages {
  at(channel: string, nowMs: number): ReceiverOutage | null;
}

export const NO_CHANNEL_OUTAGES: ChannelOutages = { at: () => null };

const OUTAGE_TICKS = [3, 8, 20] as const;
const MAX_OUTAGES = 4;

/** Mostly of the channel that has a fallback. */
const OF_FAVOURITE = 0.7;

/** Long enough for a fallback to take over; all are over with the last tick that has faults. */
export function channelOutages(
  random: Random,
  options: {
    readonly channels: readonly string[];
    /** The channel that has a fallback. */
    readonly favourite: string | undefined;
    readonly startMs: number;
    readonly periodMs: number;
    readonly ticks: number;
  },
): ChannelOutages {
  const { channels, favourite, startMs, periodMs, ticks } = options;
  const all = Array.from({ length: 1 + random.below(MAX_OUTAGES) }, () => {
    const first = random.below(ticks);
    const end = Math.min(ticks, first + random.pick(OUTAGE_TICKS));
    return {
      channel:
        favourite !== undefined && random.chance(OF_FAVOURITE) ? favourite : random.pick(channels),
      kind: random.pick(['down', 'down', 'pausing'] as const),
      fromMs: startMs + first * periodMs,
      untilMs: startMs + end * periodMs,
    };
  });
  return {
    at: (channel, nowMs) =>
      all.find((one) => one.channel === channel && one.fromMs <= nowMs && nowMs < one.untilMs)
        ?.kind ?? null,
  };
}
