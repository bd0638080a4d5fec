import {
  CHANNELS,
  type ChannelName,
  type ChannelsOptions,
  type ChannelsServer,
  type Received,
  type ReceiverFaults,
  startChannels,
} from '../../local/channels/index.ts';
import { type ManualClock, manualClock } from '../../local/clock.ts';
import {
  CHANNEL_KINDS,
  type ConfiguredChannel,
  createChannel,
  findKind,
  secretsOf,
} from '../../shared/channels/index.ts';
import { type ChannelVariable, isAddressRule } from '../../shared/channels/kind.ts';
import type { Wording } from '../../shared/core/wording.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Channel } from '../../shared/ports/channel.ts';
import { MINUTE_MS, WORDING } from './examples.ts';

/** Settings with all that is optional: the tests of every kind cover each variable. */
export const ALL_SETTINGS: NonNullable<ChannelsOptions['settings']> = {
  dingtalk: { keyword: '报警' },
};

/** The receivers of the local cloud, and the product's channels that post to them. */
export interface Receivers {
  readonly server: ChannelsServer;
  readonly clock: ManualClock;
  /** A channel of this kind, as a configuration would hold it. */
  configured(kind: string, options?: ConfiguredOptions): ConfiguredChannel;
  channel(kind: string, options?: ChannelOptions): Channel;
  channelOf(configured: ConfiguredChannel, options?: ChannelOptions): Channel;
  /** What the receiver of a kind was sent so far, oldest first. */
  received(kind: string): readonly Received[];
  setFaults(kind: string, faults: ReceiverFaults): void;
  /** Ends all faults, forgets all messages, and lets every rate limit pass. */
  reset(): void;
}

interface ChannelOptions extends ConfiguredOptions {
  readonly allowPrivate?: boolean;
  readonly wording?: Wording;
}

interface ConfiguredOptions {
  readonly name?: string;
  /** Replaces the address of the receiver. */
  readonly address?: string;
  /** Leaves out what is optional: the secret that signs. */
  readonly unsigned?: boolean;
}

export async function startReceivers(
  startMs: number,
  options: Pick<ChannelsOptions, 'settings' | 'timeZone'> = {},
): Promise<Receivers> {
  const clock = manualClock(startMs);
  const server = await startChannels({ ...options, clock });
  const receivers: Receivers = {
    server,
    clock,
    configured(kind, { name = kind, address, unsigned = false } = {}) {
      const variables = variablesOf(kind);
      const settings = Object.entries({ ...server[receiverOf(kind)] })
        .filter(([setting]) => !unsigned || variables[setting]?.isRequired)
        .map(([setting, value]) => [
          setting,
          isAddress(variables[setting]) ? (address ?? value) : value,
        ]);
      return { name, kind, settings: Object.fromEntries(settings) };
    },
    channel: (kind, options = {}) =>
      receivers.channelOf(receivers.configured(kind, options), options),
    channelOf(configured, { allowPrivate = true, wording = WORDING } = {}) {
      const redact = redactor(secretsOf(configured));
      return createChannel(configured, { wording, allowPrivate, now: clock.now, redact });
    },
    received: (kind) => server.inbox.list(receiverOf(kind)),
    setFaults: (kind, faults) => server.setFaults(receiverOf(kind), faults),
    reset() {
      for (const receiver of CHANNELS) server.setFaults(receiver, []);
      server.inbox.clear();
      clock.advance(MINUTE_MS);
    },
  };
  return receivers;
}

/** The address in the settings of a channel. */
export function addressOf({ kind, settings }: ConfiguredChannel): string {
  const variables = variablesOf(kind);
  const found = Object.entries(settings).find(([setting]) => isAddress(variables[setting]));
  return found?.[1] ?? '';
}

/** The variables that configure a channel with these settings. */
export function environmentOf({ kind, settings }: ConfiguredChannel): Record<string, string> {
  const variables = variablesOf(kind);
  return Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [variables[setting]?.name ?? '', value]),
  );
}

/** The variables of all other kinds, each empty. */
export function withoutAllBut(...kept: readonly string[]): Readonly<Record<string, string>> {
  const others = CHANNEL_KINDS.filter(({ kind }) => !kept.includes(kind));
  return Object.fromEntries(
    others.flatMap(({ variables }) => Object.values(variables).map(({ name }) => [name, ''])),
  );
}

function isAddress(variable: ChannelVariable | undefined): boolean {
  return isAddressRule(variable?.rule);
}

function variablesOf(kind: string): Readonly<Record<string, ChannelVariable>> {
  return findKind(kind)?.variables ?? {};
}

/** The receiver of a kind has its name. */
function receiverOf(kind: string): ChannelName {
  const receiver = CHANNELS.find((name) => name === kind);
  if (receiver === undefined) throw new Error(`local/channels/ has no receiver of ${kind}`);
  return receiver;
}
