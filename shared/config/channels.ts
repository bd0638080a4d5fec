import {
  CHANNEL_KINDS,
  type ConfiguredChannel,
  findKind,
  type RegisteredKind,
} from '../channels/index.ts';
import { type ChannelVariable, isAddressRule } from '../channels/kind.ts';
import type { Shape } from '../lib/shape.ts';
import { webhookAddress } from './addresses.ts';
import { variableIn, variablesInTree } from './file-values.ts';
import type { VariableReader } from './reader.ts';
import type { WatchFile } from './watch-file.ts';

/**
 * The channels that the environment configures, at most one of each kind and named after its kind, and
 * those of the file.
 */
export function configuredChannels(
  read: VariableReader,
  file: WatchFile | undefined,
  allowPrivate: boolean,
): readonly ConfiguredChannel[] {
  const own = CHANNEL_KINDS.flatMap((kind) => channelOfKind(kind, read, allowPrivate) ?? []);
  const ofFile = (file?.channels ?? []).map((channel) => fileChannel(channel, read, allowPrivate));
  for (const { name, kind } of own) {
    const [variable] = variablesOf(kind);
    if (variable !== undefined && ofFile.some((channel) => channel.name === name)) {
      read.refuse(variable.name, `is set, but a channel of WATCH_CONFIG has the name ${name}, too`);
    }
  }
  const all = [...own, ...ofFile];
  for (const name of channelsIn(file)) {
    const [variable] = variablesOf(name);
    if (variable !== undefined && !all.some((channel) => channel.name === name)) {
      read.refuseMissing(variable.name, `WATCH_CONFIG names the channel ${name}`);
    }
  }
  return all;
}

/** The variables of a kind, the required ones first. */
function variablesOf(kind: string): readonly ChannelVariable[] {
  const { variables = {} } = findKind(kind) ?? {};
  return Object.values(variables).sort((one, other) => +other.isRequired - +one.isRequired);
}

/** The channels that routes, mutes and fallbacks name. */
function channelsIn(file: WatchFile | undefined): ReadonlySet<string> {
  const { routes = [], mutes = [], fallbacks = [] } = file?.rules ?? {};
  return new Set([
    ...[...routes, ...mutes].flatMap(({ channels = [] }) => channels),
    ...fallbacks.flatMap(({ channel, to }) => [channel, to]),
  ]);
}

/** A channel of the file, with the values of the variables that it refers to. */
function fileChannel(
  { settings, ...channel }: ConfiguredChannel,
  read: VariableReader,
  allowPrivate: boolean,
): ConfiguredChannel {
  const { variables = {} } = findKind(channel.kind) ?? {};
  const values = Object.entries(settings).map(([setting, text]) => {
    const variable = variableIn(text);
    if (variable === undefined) return [setting, text];
    const rule = variables[setting]?.rule;
    const value = read.text(variable, shapeOf(rule, allowPrivate));
    if (value === undefined) {
      read.refuseMissing(variable, `${setting} of the channel ${channel.name} in WATCH_CONFIG`);
    }
    return [setting, value ?? ''];
  });
  const named = Object.entries(settings).flatMap(([setting, text]) => {
    const variable = variableIn(text);
    return variable === undefined ? [] : [[setting, variable] as const];
  });
  return {
    ...channel,
    settings: { ...defaultsOf(variables), ...Object.fromEntries(values) },
    variables: Object.fromEntries(named),
    ...(channel.trees && { values: valuesIn(channel, read) }),
  };
}

/** The values of the variables that a channel's trees refer to. */
function valuesIn(
  { name, trees = {} }: Pick<ConfiguredChannel, 'name' | 'trees'>,
  read: VariableReader,
): Readonly<Record<string, string>> {
  const references = Object.entries(trees).flatMap(([setting, tree]) =>
    variablesInTree(tree).map((variable) => ({ setting, variable })),
  );
  return Object.fromEntries(
    references.map(({ setting, variable }) => {
      const value = read.text(variable);
      if (value === undefined)
        read.refuseMissing(variable, `${setting} of the channel ${name} in WATCH_CONFIG`);
      return [variable, value ?? ''];
    }),
  );
}

/** How the problem begins that there is none. */
export const NO_CHANNEL = 'no channel is set';

/**
 * Refuses a configuration without any channel: a variable that is unset by mistake would silence
 * everything. A channel that is set and wrong is a problem of its own.
 */
export function requireChannel(read: VariableReader, file: WatchFile | undefined): void {
  // A value that is neither true nor false is a problem by itself.
  read.flag('WATCH_SILENT');
  const isSilent = (read.text('WATCH_SILENT') ?? 'false') !== 'false';
  const variables = CHANNEL_KINDS.flatMap((kind) => Object.values(kind.variables));
  const isInFile = (file?.channels ?? []).length > 0;
  if (isSilent || isInFile || variables.some(({ name }) => read.text(name) !== undefined)) return;
  const required = variables.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  read.add(
    `${NO_CHANNEL}: set one of ${required.join(', ')}, or WATCH_SILENT=true if only the record is wanted`,
  );
}

function channelOfKind(
  { kind, variables }: RegisteredKind,
  read: VariableReader,
  allowPrivate: boolean,
): ConfiguredChannel | undefined {
  const values = Object.entries(variables).map(([setting, variable]) => {
    return { setting, variable, value: readVariable(variable, read, allowPrivate) };
  });
  const isSet = ({ value }: { readonly value: string | undefined }): boolean => value !== undefined;
  const missing = values.filter((each) => each.variable.isRequired && !isSet(each));
  for (const { variable } of missing.length > 0 ? values.filter(isSet) : []) {
    read.refuse(variable.name, `is set, but ${missing[0]?.variable.name} is not`);
  }
  if (missing.length > 0) return undefined;
  const settings = values.filter(isSet).map(({ setting, value = '' }) => [setting, value]);
  return {
    name: kind,
    kind,
    settings: { ...defaultsOf(variables), ...Object.fromEntries(settings) },
  };
}

/** Settings that a configuration may leave out. */
function defaultsOf(
  variables: Readonly<Record<string, ChannelVariable>>,
): ConfiguredChannel['settings'] {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([setting, { otherwise }]) =>
      otherwise === undefined ? [] : [[setting, otherwise]],
    ),
  );
}

function readVariable(
  { name, rule }: ChannelVariable,
  read: VariableReader,
  allowPrivate: boolean,
): string | undefined {
  return read.text(name, shapeOf(rule, allowPrivate));
}

/** What a setting must look like. */
export function shapeOf(rule: ChannelVariable['rule'], allowPrivate: boolean): Shape | undefined {
  return isAddressRule(rule) ? webhookAddress(rule, allowPrivate) : rule;
}
