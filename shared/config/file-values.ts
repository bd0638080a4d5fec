import { type Tree, textsIn } from '../lib/tree.ts';
import type { Environment } from './environment.ts';
import type { VariableReader } from './reader.ts';
import { SEAL_KEY, type SealedValues, unseal } from './sealed.ts';
import type { WatchFile } from './watch-file.ts';

/** Stands in the file for the value of a variable. */
const REFERENCE = /^\$\{env:([A-Za-z_]\w*)\}$/u;

/** The variable that a setting refers to; undefined: it is the value itself. */
export function variableIn(setting: string | undefined): string | undefined {
  return REFERENCE.exec(setting ?? '')?.[1];
}

/** The variables that the file refers to, each once; without a file, none. */
export function variablesIn(file: WatchFile | undefined): readonly string[] {
  const { accounts = [], channels = [] } = file ?? {};
  const settings = [
    ...accounts.map(({ role }) => role?.externalId),
    ...channels.flatMap((channel) => Object.values(channel.settings)),
  ];
  const named = settings.flatMap((setting) => variableIn(setting) ?? []);
  const inTrees = channels.flatMap(({ trees = {} }) =>
    Object.values(trees).flatMap(variablesInTree),
  );
  return [...new Set([...named, ...inTrees])];
}

/** In a tree, a reference may be a part of a text: `Bearer ${env:TOKEN}`. */
const REFERENCES = /\$\{env:([A-Za-z_]\w*)\}/gu;

/** The variables that a setting refers to which is no text. */
export function variablesInTree(tree: Tree): readonly string[] {
  return textsIn(tree).flatMap((text) =>
    [...text.matchAll(REFERENCES)].map(([, name = '']) => name),
  );
}

/**
 * The environment with the values that the file brings along, decrypted. A value that is sealed wins: it
 * is the one that the build has checked.
 */
export function withSealedValues(
  read: VariableReader,
  environment: Environment,
  file: WatchFile | undefined,
): Environment {
  const key = read.text('WATCH_CONFIG_KEY', SEAL_KEY);
  if (file?.sealed === undefined) return environment;
  if (key === undefined) {
    read.refuseMissing('WATCH_CONFIG_KEY', 'this bundle was built with it: the same key is needed');
  }
  const values: SealedValues | null = SEAL_KEY.allows(key ?? '')
    ? unseal(file.sealed, key ?? '')
    : null;
  if (key !== undefined && SEAL_KEY.allows(key) && values === null) {
    read.refuse('WATCH_CONFIG_KEY', 'is not the key that this bundle was built with: deploy again');
  }
  // Without its values the file cannot be judged: they are not missing one by one.
  const unknown = variablesIn(file).map((name) => [name, undefined]);
  return { ...environment, ...(values ?? Object.fromEntries(unknown)) };
}
