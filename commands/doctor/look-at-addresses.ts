import { lookup } from 'node:dns/promises';
import { isPrivateAddress } from '../../shared/channels/address.ts';
import { type ConfiguredChannel, createChannel, findKind } from '../../shared/channels/index.ts';
import { isAddressRule } from '../../shared/channels/kind.ts';
import { testMessage, verdictOf } from '../notify/try-channel.ts';
import { connectTo } from './connect.ts';
import { type Address, type Connected, examineAddress } from './core/address.ts';
import { allChecks, type Check, facts, findings, wrong } from './core/finding.ts';
import type { Looking } from './looking.ts';

interface Target {
  readonly address: Address;
  readonly url: URL;
}

/** What connecting to addresses has shown. */
export interface AddressesLook {
  readonly check: Check;
  /** Hosts that took a connection. */
  readonly reached: readonly string[];
}

/** Every address that something is posted to: of the channels, and of the dead man's switch. */
export async function lookAtAddresses({ config, runtime }: Looking): Promise<AddressesLook> {
  const targets = [
    ...config.channels.flatMap(addressesOf),
    ...(config.heartbeatUrl === undefined ? [] : [heartbeatAt(config.heartbeatUrl)]),
  ];
  const looks = await Promise.all(
    targets.map(async ({ address, url }) => {
      const connected = await connectAllowed(url, config.allowPrivate);
      const check = examineAddress(address, connected, runtime.now());
      return { check, reached: connected.kind === 'open' ? [address.host] : [] };
    }),
  );
  return {
    check: allChecks(looks.map(({ check }) => check)),
    reached: looks.flatMap(({ reached }) => reached),
  };
}

function addressesOf({ name, kind, settings, variables }: ConfiguredChannel): readonly Target[] {
  const known = findKind(kind)?.variables ?? {};
  return Object.entries(settings).flatMap(([setting, value]) => {
    const variable = known[setting];
    if (variable === undefined || !isAddressRule(variable.rule) || !URL.canParse(value)) return [];
    const url = new URL(value);
    const console = findKind(kind)?.page;
    return [
      {
        url,
        address: {
          what: `channel ${name}`,
          host: url.host,
          variable:
            variables === undefined ? variable.name : (variables[setting] ?? 'WATCH_CONFIG'),
          ...(console !== undefined && { console }),
        },
      },
    ];
  });
}

function heartbeatAt(address: string): Target {
  const url = new URL(address);
  return { url, address: { what: 'heartbeat', host: url.host, variable: 'HEARTBEAT_URL' } };
}

/** As posts are: an address of a private network is refused, unless the configuration allows it. */
async function connectAllowed(url: URL, allowPrivate: boolean): Promise<Connected> {
  if (allowPrivate) return connectTo(url);
  const found = await lookup(url.hostname.replace(/^\[|\]$/gu, ''), { all: true }).catch(() => []);
  if (found.some(({ address }) => isPrivateAddress(address))) {
    return {
      kind: 'private',
      reason: 'has a private address: set WEBHOOK_ALLOW_PRIVATE=true if this is meant',
    };
  }
  return connectTo(url);
}

/** Sends each channel a marked test message. */
export async function sendTests({ config, runtime, redact }: Looking): Promise<Check> {
  const { channels, wording, allowPrivate } = config;
  const message = testMessage(runtime.now());
  return allChecks(
    await Promise.all(
      channels.map(async (channel) => {
        const options = { wording, allowPrivate, now: runtime.now, redact };
        const outcome = await createChannel(channel, options).send(message);
        if (outcome.kind === 'delivered') {
          return facts(`channel ${channel.name}: a test message was accepted`);
        }
        const [{ address } = { address: undefined }] = addressesOf(channel);
        const variables = namesOf(channel);
        const console = findKind(channel.kind)?.page;
        return findings(
          wrong(
            'test-message',
            `A test message to the channel ${channel.name} was ${verdictOf(outcome)}.`,
            'Correct the variable that the receiver complains of, with npm run configure.',
            {
              ...(address !== undefined && { host: address.host }),
              variables,
              ...(console !== undefined && { console }),
            },
          ),
        );
      }),
    ),
  );
}

/** The variables that are set for a channel. */
function namesOf({ kind, settings, variables: own }: ConfiguredChannel): readonly string[] {
  const known = findKind(kind)?.variables ?? {};
  return Object.keys(settings).flatMap((setting) =>
    own === undefined ? (known[setting]?.name ?? []) : (own[setting] ?? []),
  );
}
