import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { variablesIn } from '../../shared/config/file-values.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import { counted } from '../../shared/core/text.ts';
import { otherStore } from '../box/configure.ts';
import { BOX_STORE } from '../box/flags.ts';
import { configProblems } from '../config-problems.ts';
import { isSecretName } from '../deploy/settings.ts';
import { parseDotEnv } from '../dot-env.ts';
import { printAll } from '../setup/world.ts';
import { readWatchFile } from '../watch-file/read.ts';
import { askAll } from './ask-all.ts';
import { derivedValues, regionLeft } from './core/derived.ts';
import { type Changes, UnstorableValue, withValues } from './core/env-file.ts';
import { readAll } from './problems.ts';
import { remarksOn } from './remarks.ts';
import { checkStorable, readStored, rewrite } from './stored.ts';
import { tryAll } from './try-all.ts';
import type { ConfigureFlags, ConfigureWorld } from './world.ts';

const TOKEN_DIGITS = 48;

/**
 * Asks for what matters, stores it in `.env` and tries it. Returns the exit code: 1 where something that
 * was stored does not work yet, such as a channel whose receiver refuses.
 */
export async function configure(flags: ConfigureFlags, world: ConfigureWorld): Promise<number> {
  const { path } = world;
  checkStorable(path);
  const first = valuesOf(readStored(path), path);
  const given = new Map<string, string | null>(flags.values);
  const { isQuiet, isForBox } = flags;
  if (!isQuiet) await askAll({ given, now: () => merged(first, given), isForBox, world });

  const { before, environment, seen, watch } = store(given, isForBox, world);
  const file = configProblems().collect(() => readWatchFile(environment));
  const referred = variablesIn(file);
  printStored({ environment, before, referred }, world);
  printAll(leftLines(before, environment), world);
  printAll(remarksOn(environment, referred, [...flags.values.keys()]), world);
  printAll(overriddenLines(environment, world.environment), world);
  return (await tryAll(watch, seen, flags, world)) ? 0 : 1;
}

function merged(below: Environment, above: ReadonlyMap<string, string | null>): Environment {
  const values = new Map(Object.entries(below));
  for (const [name, value] of above) values.set(name, value ?? undefined);
  return Object.fromEntries(values);
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
}

interface Stored {
  readonly text: string;
  /** What another command has stored since the questions began is in both. */
  readonly before: Environment;
  readonly environment: Environment;
  /** As the commands will see it: what the shell has set wins. */
  readonly seen: Environment;
  readonly watch: WatchConfig;
}

/** Stores what was given, with what follows from it. @throws {ConfigError} storing nothing, if that is wrong */
function store(given: Changes, isForBox: boolean, world: ConfigureWorld): Stored {
  return rewrite(world.path, (text) => {
    const before = valuesOf(text, world.path);
    const derived = derivedValues(before, merged(before, given), {
      box: BOX_STORE,
      isForBox,
      newToken: () => world.randomHex(TOKEN_DIGITS),
    });
    const changes = new Map([...given, ...derived]);
    const environment = merged(before, changes);
    const seen = { ...environment, ...withoutEmpty(world.environment) };
    const { watch, problems } = readAll(seen);
    const ofBox = isForBox ? otherStore(seen, BOX_STORE) : [];
    if (watch === undefined || problems.length > 0 || ofBox.length > 0) {
      throw new ConfigError([...problems, ...ofBox]);
    }
    return { text: changedText(text, changes), before, environment, seen, watch };
  });
}

function changedText(text: string, changes: Changes): string {
  try {
    return withValues(text, changes);
  } catch (error) {
    if (error instanceof UnstorableValue) throw new ConfigError([error.message]);
    throw error;
  }
}

function valuesOf(text: string, path: string): Environment {
  const { values, problems } = parseDotEnv(text, path);
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}

function printStored(
  {
    environment,
    before,
    referred,
  }: Pick<Stored, 'environment' | 'before'> & { readonly referred: readonly string[] },
  world: ConfigureWorld,
): void {
  const names = Object.keys(environment).filter((name) => environment[name]);
  const isSame = (name: string): boolean => (environment[name] || '') === (before[name] || '');
  if ([...names, ...Object.keys(before)].every(isSame)) {
    const what = `${counted(names.length, 'variable')}, readable by you alone`;
    world.print(`Nothing changes: ${world.path} has this already (${what}).`);
    return;
  }
  world.print(`Stored in ${world.path}, readable by you alone:`);
  for (const name of names) {
    const value = environment[name] ?? '';
    const isNew = isSame(name) ? '' : before[name] ? '  (changed)' : '  (new)';
    // Whatever its name: what a file refers to is what must not be in that file.
    const isHidden = isSecretName(name) || referred.includes(name);
    const shown = isHidden ? `set, ${value.length} characters` : value;
    world.print(`  ${name}  ${shown}${isNew}`);
  }
}

/** The history does not follow the functions into another region. */
function leftLines(before: Environment, after: Environment): readonly string[] {
  const regionId = regionLeft(before, after);
  if (regionId === undefined) return [];
  return [
    `The Tablestore instance stays in ${regionId}: another DEPLOY_REGION moves the functions alone. ` +
      'If there is no such instance yet, --unset TABLESTORE_ENDPOINT puts it beside them.',
  ];
}

/** A variable of the shell hides that of the file, and the next terminal does not have it. */
function overriddenLines(environment: Environment, shell: Environment): readonly string[] {
  const names = Object.entries(environment)
    .filter(([name, value]) => value && shell[name] && shell[name] !== value)
    .map(([name]) => name);
  if (names.length === 0) return [];
  return [`This shell has other values, which win while it lives: ${names.join(', ')}.`];
}
