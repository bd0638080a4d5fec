import { CHANNEL_KINDS, type ConfiguredChannel, type RegisteredKind } from '../channels/index.ts';
import type { ChannelVariable } from '../channels/kind.ts';
import { webhookAddress } from './addresses.ts';
import type { VariableReader } from './reader.ts';

/** The channels that the environment configures: at most one of each kind, named after its kind. */
export function configuredChannels(
  read: VariableReader,
  allowPrivate: boolean,
): readonly ConfiguredChannel[] {
  return CHANNEL_KINDS.flatMap((kind) => channelOfKind(kind, read, allowPrivate) ?? []);
}

/**
 * Refuses a configuration without any channel: a variable that is unset by mistake would silence
 * everything. A channel that is set and wrong is a problem of its own.
 */
export function requireChannel(read: VariableReader): void {
  // A value that is neither true nor false is a problem by itself.
  read.flag('WATCH_SILENT');
  const isSilent = (read.text('WATCH_SILENT') ?? 'false') !== 'false';
  const variables = CHANNEL_KINDS.flatMap((kind) => Object.values(kind.variables));
  if (isSilent || variables.some(({ name }) => read.text(name) !== undefined)) return;
  const required = variables.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  read.refuseMissing(
    `every channel (${required.join(', ')})`,
    'set one, or WATCH_SILENT=true if only the record is wanted',
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
  return { name: kind, kind, settings: Object.fromEntries(settings) };
}

function readVariable(
  { name, rule }: ChannelVariable,
  read: VariableReader,
  allowPrivate: boolean,
): string | undefined {
  const isAddress = rule !== undefined && 'hosts' in rule;
  return read.text(name, isAddress ? webhookAddress(rule, allowPrivate) : rule);
}
