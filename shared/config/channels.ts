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
