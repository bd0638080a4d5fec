import { createHmac } from 'node:crypto';
import type { Message, Outcome } from '../core/message.ts';
import type { Quota } from '../core/quota.ts';
import type { Settling } from '../core/settling.ts';
import type { ChannelNames } from '../core/wording.ts';
import { secretsInUrl } from '../lib/secrets.ts';
import type { Tree } from '../lib/tree.ts';
import type { Channel } from '../ports/channel.ts';
import { dingtalk } from './dingtalk.ts';
import { feishu } from './feishu.ts';
import { http } from './http.ts';
import {
  type BodyOptions,
  type ChannelKind,
  type ChannelOptions,
  type ChannelVariable,
  isAddressRule,
} from './kind.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';
import { wecom } from './wecom.ts';

/** Every kind of channel. A new kind is a file beside this one and a line here. */
export const CHANNEL_KINDS: readonly RegisteredKind[] = [
  dingtalk,
  feishu,
  wecom,
  slack,
  teams,
  pagerduty,
  http,
  webhook,
];

export const CHANNEL_NAMES: ChannelNames = Object.fromEntries(
  CHANNEL_KINDS.map(({ kind, names }) => [kind, names]),
);

/** A kind as the registry knows it: its settings are checked by its variables, not by the compiler. */
export interface RegisteredKind extends Omit<ChannelKind<object>, 'variables'> {
  readonly variables: Readonly<Record<string, ChannelVariable>>;
}

/** One channel of a configuration. Several may have the same kind, but no two the same name. */
export interface ConfiguredChannel {
  readonly name: string;
  readonly kind: string;
  /** The values of the kind's variables, by the names that the kind gives them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Settings of the file that are no texts, and the values of the variables that they refer to. */
  readonly trees?: Readonly<Record<string, Tree>>;
  readonly values?: Readonly<Record<string, string>>;
  /** Setting → the variable that the file refers to; absent: they are those of the kind. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What replaces the limits of the kind; a quota of null: there is none. */
  readonly limits?: { readonly settling?: Settling; readonly quota?: Quota | null };
}

export function createChannel(
  channel: ConfiguredChannel,
  shared: Omit<ChannelOptions<object>, 'name' | 'settings' | 'trees' | 'values'>,
): Channel {
  const { name, kind, limits } = channel;
  const { style, create } = registeredKind(kind);
  const created = create({ name, ...partsOf(channel), ...shared });
  const { quota, ...limited } = { ...created, ...limits };
  return {
    ...limited,
    ...(quota && { quota }),
    style,
    destination: destinationOf(channel),
    send: async (...message) => inOwnWords(await created.send(...message), channel),
  };
}

/** Advice names the variables of the kind. A channel of the file has others. */
function inOwnWords(outcome: Outcome, { kind, name, variables }: ConfiguredChannel): Outcome {
  if (outcome.kind === 'delivered' || variables === undefined) return outcome;
  let { reason } = outcome;
  for (const [setting, { name: variable }] of Object.entries(registeredKind(kind).variables)) {
    const own = Object.hasOwn(variables, setting) ? `${variables[setting]} (` : '';
    const words = `${own}${setting} of the channel ${name} in WATCH_CONFIG${own && ')'}`;
    reason = reason.replaceAll(variable, words);
  }
  return { ...outcome, reason };
}

/** The body of the request by which a channel would send a message. */
export function bodyOf(
  channel: ConfiguredChannel,
  message: Message,
  shared: Omit<BodyOptions<object>, 'settings' | 'trees' | 'values'>,
): object {
  return registeredKind(channel.kind).bodyOf(message, { ...partsOf(channel), ...shared });
}

function partsOf({ settings, trees, values }: ConfiguredChannel) {
  return { settings, ...(trees && { trees }), ...(values && { values }) };
}

/** The key for the hash of an address that has no secret beside it. The address itself is secret. */
const KEY_WITHOUT_SECRET = 'ecs-watch destination';

/** The address, hashed with the secret as the key: it is stored, and must allow no post. */
function destinationOf({ kind, settings, trees, values }: ConfiguredChannel): string {
  const { variables } = registeredKind(kind);
  const isAddress = (setting: string): boolean => isAddressRule(variables[setting]?.rule);
  const named = Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1));
  const addresses = named.filter(([setting]) => isAddress(setting));
  const secrets = named.filter(([setting]) => !isAddress(setting));
  // What else the file says may name the receiver as well, such as a chat.
  const all = trees === undefined ? secrets : [...secrets, ['trees', trees], ['values', values]];
  const key = all.length === 0 ? KEY_WITHOUT_SECRET : JSON.stringify(all);
  return createHmac('sha256', key).update(JSON.stringify(addresses)).digest('hex');
}

/** The values in a channel's settings that must appear nowhere. */
export function secretsOf({ kind, settings, values = {} }: ConfiguredChannel): readonly string[] {
  const { variables } = registeredKind(kind);
  const ofSettings = Object.entries(settings).flatMap(([name, value]) => {
    const { isSecret = true, rule } = variables[name] ?? {};
    if (!isSecret) return [];
    return isAddressRule(rule) ? secretsInUrl(value) : [value];
  });
  return [...ofSettings, ...Object.values(values)];
}

/** Can a channel of this kind mention someone by this id? */
export function canMention(kind: string, id: string): boolean {
  return findKind(kind)?.mentions?.takes(id.replace(/^@/u, '')) === true;
}

/** Undefined: no kind of this name is registered. */
export function findKind(name: unknown): RegisteredKind | undefined {
  return CHANNEL_KINDS.find(({ kind }) => kind === name);
}

/** @throws {RangeError} for a kind that is not registered */
function registeredKind(kind: string): RegisteredKind {
  const found = findKind(kind);
  if (found === undefined) throw new RangeError(`there is no channel of kind ${kind}`);
  return found;
}
