import type { Message } from '../core/message.ts';
import type { Language, Wording } from '../core/wording.ts';
import type { Redact } from '../lib/secrets.ts';
import type { Shape } from '../lib/shape.ts';
import type { Tree } from '../lib/tree.ts';
import type { Channel } from '../ports/channel.ts';

/**
 * A kind of channel: everything that the product knows about one service. `Settings` holds the
 * values of its variables, each under the name that the code gives it.
 */
export interface ChannelKind<Settings> {
  /** Also the name of the channel that the environment configures. */
  readonly kind: string;
  /** What the channel is called that the environment configures, where texts do not call it `kind`. */
  readonly names: Readonly<Record<Exclude<Language, 'en'>, string>>;
  readonly style: Channel['style'];
  /** What the variables mean, for the tables of the READMEs. */
  readonly about: string;
  /** Where the service shows the address, names of its pages from the outside in; absent: it is one's own. */
  readonly page?: string;
  /** How it mentions people. Absent: it mentions no one. */
  readonly mentions?: Mentions;
  readonly variables: {
    readonly [Name in keyof Settings]-?: ChannelVariable<
      Record<never, never> extends Pick<Settings, Name> ? false : true
    >;
  };
  /** Settings that are no texts, and that only the file can have. Absent: none. */
  readonly fileSettings?: Readonly<Record<string, FileSetting>>;
  /**
   * Which of these settings exclude each other, or do nothing beside each other; each is judged by itself
   * before, and may be wrong. Absent: any of them go together.
   */
  problemsTogether?(settings: Readonly<Record<string, unknown>>): readonly SettingProblem[];
  /** The body of the request that sends a message; what signs it is added when it is sent. */
  bodyOf(message: Message, options: BodyOptions<Settings>): object;
  create(options: ChannelOptions<Settings>): Omit<Channel, 'destination' | 'style'>;
}

export interface Mentions {
  /** By which ids, for those who look one up. */
  readonly ids: string;
  /** Can a person, or a group of people, have this id there? With any other, no one would be mentioned. */
  takes(id: string): boolean;
}

/** Does this id mention everyone? Kinds that can do that spell it their own way. */
export function isEveryone(id: string): boolean {
  return /^@?all$/u.test(id);
}

/** A setting of the file that may be a group, a list, or a number. */
export interface FileSetting {
  /** Its texts may hold `${env:NAME}`. What a variable holds is a secret. */
  readonly mayRefer: boolean;
  /** What is wrong with it; the values of variables are not in it. */
  problemsOf(value: Tree): readonly SettingProblem[];
}

export interface SettingProblem {
  /** Within the setting; of settings together, within the channel. */
  readonly path: readonly (string | number)[];
  readonly words: string;
}

export interface ChannelVariable<IsRequired extends boolean = boolean> {
  /** In the environment, e.g. `SLACK_WEBHOOK`. */
  readonly name: string;
  /** What to copy, for those who are asked for it. */
  readonly about: string;
  /** A channel without its required variables does not exist; an optional one adds to it. */
  readonly isRequired: IsRequired;
  /** A secret appears in no log line, error, report or stored row, and never reaches the view. */
  readonly isSecret: boolean;
  /** What it is where it is not set. */
  readonly otherwise?: string;
  /** Absent: any text. */
  readonly rule?: AddressRule | Shape;
}

/** A webhook address: https, unless the configuration allows private addresses. */
export interface AddressRule {
  /** The hosts of the service; `*.example.com`: all below that domain. Empty: any host. */
  readonly hosts: readonly string[];
  /** A query parameter without which the service takes no message. */
  readonly parameter?: string;
  /** Addresses that the service takes no longer, and what takes their place. */
  readonly retired?: Pick<AddressRule, 'hosts'> & { readonly words: string };
}

/** Is the setting of such a variable an address? */
export function isAddressRule(rule: ChannelVariable['rule']): rule is AddressRule {
  return rule !== undefined && 'hosts' in rule;
}

/** Is this host one of a service? Where a rule names no hosts, it is of none in particular. */
export function isHostOf({ hosts }: Pick<AddressRule, 'hosts'>, hostname: string): boolean {
  return hosts.some((host) =>
    host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host,
  );
}

/** What a body is made with. */
export interface BodyOptions<Settings>
  extends Pick<ChannelOptions<Settings>, 'settings' | 'trees' | 'values' | 'wording'> {
  readonly nowMs: number;
}

/** One channel: its own name and settings, and what all channels of a run share. */
export interface ChannelOptions<Settings> {
  readonly name: string;
  readonly settings: Settings;
  /** By name, the settings that only the file has. Absent: none. */
  readonly trees?: Readonly<Record<string, Tree>>;
  /** Variable → what stands for `${env:NAME}` in them. */
  readonly values?: Readonly<Record<string, string>>;
  readonly wording: Wording;
  readonly allowPrivate: boolean;
  readonly now: () => number;
  /** Takes secrets out of what the receiver answers. */
  readonly redact: Redact;
}
