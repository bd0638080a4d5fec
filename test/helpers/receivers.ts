import {
  type ChannelName,
  type ChannelsServer,
  type Received,
  startChannels,
} from '../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../local/clock.ts';
import { dingtalk } from '../../shared/channels/dingtalk.ts';
import { slack } from '../../shared/channels/slack.ts';
import { webhook } from '../../shared/channels/webhook.ts';
import { redactor, secretsInUrl } from '../../shared/lib/secrets.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import { MINUTE_MS } from './examples.ts';

/** The receivers of the local cloud, and the product's channels that post to them. */
export interface Receivers {
  readonly server: ChannelsServer;
  readonly clock: ManualClock;
  channel(name: ChannelName, options?: ChannelOptions): Channel;
  /** What a receiver was sent so far, oldest first. */
  received(name: ChannelName): readonly Received[];
  /** Ends all trouble, forgets all messages, and lets every rate limit pass. */
  reset(): void;
}

export interface ChannelOptions {
  /** In place of the receiver's own address. */
  readonly address?: string;
  readonly allowPrivate?: boolean;
  /** Without the receiver's secret. */
  readonly unsigned?: boolean;
}

export const CHANNEL_NAMES = ['dingtalk', 'slack', 'webhook'] as const;

export async function startReceivers(startMs: number): Promise<Receivers> {
  const clock = manualClock(startMs);
  const server = await startChannels({ clock });
  const channel: Receivers['channel'] = (name, options = {}) => {
    const { allowPrivate = true, unsigned = false } = options;
    const address = options.address ?? addressOf(server, name);
    const secret = name === 'slack' ? undefined : server[name].secret;
    const common = {
      allowPrivate,
      now: clock.now,
      redact: redactor([...secretsInUrl(address), secret]),
    };
    const signed = unsigned || secret === undefined ? {} : { secret };
    switch (name) {
      case 'dingtalk':
        return dingtalk({ webhook: address, ...signed, ...common });
      case 'slack':
        return slack({ webhook: address, ...common });
      case 'webhook':
        return webhook({ url: address, ...signed, ...common });
    }
  };
  return {
    server,
    clock,
    channel,
    received: (name) => server.inbox.list(name),
    reset() {
      for (const name of CHANNEL_NAMES) server.setFaults(name, []);
      server.inbox.clear();
      clock.advance(MINUTE_MS);
    },
  };
}

export function addressOf(server: ChannelsServer, name: ChannelName): string {
  return name === 'webhook' ? server.webhook.url : server[name].webhook;
}
