import type { ChannelName } from './receivers.ts';

/** One request that arrived, and its outcome. */
export interface Received {
  /** 1, 2, 3 … in the order of arrival over all channels. */
  readonly number: number;
  readonly channel: ChannelName;
  /** The channel that the product sent it to, where several share a receiver: `?channel=` of the address. */
  readonly to?: string;
  /** ISO 8601, with milliseconds. */
  readonly at: string;
  readonly method: string;
  /** Without the values that authenticate the sender. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent. */
  readonly body: string;
  /** What a person would read. */
  readonly text: string;
  /** Whether the service would show it to people. */
  readonly accepted: boolean;
  readonly outcome: Outcome;
  /** Generic webhook: the `webhook-id` header, the same over all tries of a message. */
  readonly webhookId?: string;
  /** Generic webhook: the `id` of the CloudEvent. */
  readonly eventId?: string;
  /** Generic webhook: a message of this `webhookId` had been accepted before. */
  readonly repeat: boolean;
}

/** The answer that the sender got; a reset connection gives none. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'reset' };

export interface Inbox {
  /** In the order of arrival; those of one channel, or all. */
  list(channel?: ChannelName): readonly Received[];
  clear(): void;
}

/** How many messages are kept; older ones are forgotten, repeats of them no longer recognised. */
export const MAX_KEPT_MESSAGES = 2_000;

export interface WritableInbox extends Inbox {
  add(received: Omit<Received, 'number' | 'repeat'>): void;
}

export function createInbox(): WritableInbox {
  let kept: Received[] = [];
  let count = 0;

  const wasAccepted = (webhookId: string | undefined): boolean =>
    webhookId !== undefined &&
    kept.some((earlier) => earlier.accepted && earlier.webhookId === webhookId);

  return {
    add(received) {
      count += 1;
      const repeat = wasAccepted(received.webhookId);
      kept = [...kept.slice(1 - MAX_KEPT_MESSAGES), { ...received, number: count, repeat }];
    },
    list: (channel) =>
      channel === undefined ? kept : kept.filter((received) => received.channel === channel),
    clear() {
      kept = [];
    },
  };
}
