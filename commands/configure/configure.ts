import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChannel } from '../../shared/channels/index.ts';
import { NO_CHANNEL } from '../../shared/config/channels.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { variablesIn } from '../../shared/config/file-values.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import { listedScopes } from '../../shared/core/target.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import { CredentialsError } from '../../shared/fc/credentials.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { askEcs } from '../ask-ecs.ts';
import { ROOT } from '../bundle.ts';
import { configProblems } from '../config-problems.ts';
import { functionsRegionIn } from '../core/region.ts';
import { shellVariablesIn } from '../deploy/core/template.ts';
import { isYes } from '../deploy/deployment.ts';
import { isSecretName, readDeploySettings } from '../deploy/settings.ts';
import { parseDotEnv } from '../dot-env.ts';
import { testMessage, verdictOf } from '../notify/try-channel.ts';
import { withProgress } from '../progress.ts';
import { createClients } from '../setup/clients.ts';
import { ControlError } from '../setup/refusal.ts';
import { readSettings } from '../setup/settings.ts';
import { printAll, type World } from '../setup/world.ts';
import { readWatchFile } from '../watch-file/read.ts';
import { derivedValues } from './core/derived.ts';
import { type Changes, UnstorableValue, withValues } from './core/env-file.ts';
import { unknownVariables } from './core/known-variables.ts';
import {
  configuredKinds,
  firstQuestions,
  KINDS,
  kindsIn,
  placeOfKind,
  promptOf,
  type Question,
  questionsOfKind,
} from './core/questions.ts';
import { checkStorable, readStored, rewrite } from './stored.ts';

export interface ConfigureFlags {
  /** Values by name; null removes the variable. Nothing is asked of these. */
  readonly values: ReadonlyMap<string, string | null>;
  /** No question at all. */
  readonly isQuiet: boolean;
  /** No test message into the channels. */
  readonly sendsNothing: boolean;
}

/** What the command works on. */
export interface ConfigureWorld extends World {
  /** The path of `.env`. */
  readonly path: string;
  /** Credentials with these variables in place of those of the shell. @throws {CredentialsError} */
  credentialsIn(environment: Environment): Promise<Credentials>;
}

const SUFFIX_DIGITS = 4;
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
  if (!flags.isQuiet) await askAll(given, () => merged(first, given), world);

  const { before, environment, seen, watch } = store(given, world);
  printStored(environment, before, world);
  printAll(remarksOn(environment, [...flags.values.keys()]), world);
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

async function askAll(
  given: Map<string, string | null>,
  now: () => Environment,
  world: ConfigureWorld,
): Promise<void> {
  const answer = async (question: Question): Promise<void> => {
    const { variable, isSecret, otherwise, isOptional = false } = question;
    if (given.has(variable)) return;
    const known = now()[variable];
    await untilRight(world, async () => {
      const said = (await world.ask(promptOf(question, known), isSecret))?.trim();
      const value = said || known || otherwise;
      if (!value) return isOptional ? [] : [`${variable} is needed`];
      const wrong = problemsOf(variable, { ...now(), [variable]: value });
      if (wrong.length === 0 && value !== known) given.set(variable, value);
      return wrong;
    });
  };
  const hasKeys = await world
    .credentialsIn({ ...now(), ...withoutEmpty(world.environment) })
    .then(() => true)
    .catch(() => false);
  const suffix = world.randomHex(SUFFIX_DIGITS);
  for (const question of firstQuestions(now(), { hasKeys, suffix })) await answer(question);
  await untilRight(world, async () => {
    const known = configuredKinds(now()).join(', ') || 'none';
    const wanted = await world.ask(`Channels, of ${KINDS.join(', ')} [${known}]: `);
    const { kinds, problems } = kindsIn(wanted ?? '');
    if (problems.length > 0) return problems;
    for (const kind of kinds) {
      world.print(placeOfKind(kind));
      for (const question of questionsOfKind(kind)) await answer(question);
    }
    return mayBeSilent(given, now, world);
  });
}

/** Is there a channel, or the user's yes that there is none? */
async function mayBeSilent(
  given: Map<string, string | null>,
  now: () => Environment,
  world: ConfigureWorld,
): Promise<readonly string[]> {
  const { WATCH_SILENT: silent } = now();
  // The file that WATCH_CONFIG names may have channels of its own.
  const lacksChannel = settingsProblems({ ...now(), WATCH_SILENT: '' }).some((problem) =>
    problem.startsWith(NO_CHANNEL),
  );
  if (!lacksChannel) {
    if (silent === 'true') given.set('WATCH_SILENT', null);
    return [];
  }
  if (silent === 'true') return [];
  const answer = await world.ask(
    'Without a channel NOTHING IS SENT: changes are only recorded. Is that meant? [y/N] ',
  );
  if (!isYes(answer)) return ['no channel is chosen'];
  given.set('WATCH_SILENT', 'true');
  return [];
}

/** More wrong answers than this are no slips. */
const MAX_TRIES = 5;

/** Asks again while something is wrong with the answer. @throws {ConfigError} if that does not end */
async function untilRight(
  { print }: ConfigureWorld,
  ask: () => Promise<readonly string[]>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const problems = await ask();
    if (problems.length === 0) return;
    if (tries >= MAX_TRIES) throw new ConfigError(problems);
    for (const problem of problems) print(`  ${problem}. Once more:`);
  }
}

/** What is wrong with one variable, of what deployments or setup would refuse. */
function problemsOf(variable: string, environment: Environment): readonly string[] {
  return settingsProblems(environment).filter((problem) => problem.startsWith(`${variable} `));
}

function settingsProblems(environment: Environment): readonly string[] {
  const { problems, collect } = configProblems();
  collect(() => readDeploySettings(environment));
  collect(() => readSettings(environment, false));
  return [...new Set(problems)];
}

/** Names that nothing reads: those that were given just now, and misspellings in the file. */
function remarksOn(environment: Environment, given: readonly string[]): readonly string[] {
  const known = new Set(shellVariablesIn(readFileSync(join(ROOT, 's.yaml'), 'utf8')));
  // What reads the settings knows the names that s.yaml has not.
  settingsProblems(
    new Proxy(environment, {
      get(values, name: string) {
        known.add(name);
        return values[name];
      },
    }),
  );
  for (const name of OF_COMMANDS) known.add(name);
  const { collect } = configProblems();
  const file = collect(() => readWatchFile(environment));
  const referred = file === undefined ? [] : variablesIn(file);
  const names = Object.keys(environment).filter((name) => environment[name]);
  return unknownVariables(names, known, referred).filter(
    (remark) => remark.endsWith('?') || given.some((name) => remark.startsWith(`${name} `)),
  );
}

/** Names that no reader of settings asks for. */
const OF_COMMANDS = [
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
];

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
function store(given: Changes, world: ConfigureWorld): Stored {
  return rewrite(world.path, (text) => {
    const before = valuesOf(text, world.path);
    const token = () => world.randomHex(TOKEN_DIGITS);
    const changes = new Map([...given, ...derivedValues(before, merged(before, given), token)]);
    const environment = merged(before, changes);
    const seen = { ...environment, ...withoutEmpty(world.environment) };
    const { watch } = readDeploySettings(seen);
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

function printStored(environment: Environment, before: Environment, world: ConfigureWorld): void {
  world.print(`Stored in ${world.path}, readable by you alone:`);
  for (const [name, value] of Object.entries(environment)) {
    if (!value) continue;
    const isNew = value === before[name] ? '' : before[name] ? '  (changed)' : '  (new)';
    const shown = isSecretName(name) ? `set, ${value.length} characters` : value;
    world.print(`  ${name}  ${shown}${isNew}`);
  }
}

/** A variable of the shell hides that of the file, and the next terminal does not have it. */
function overriddenLines(environment: Environment, shell: Environment): readonly string[] {
  const names = Object.entries(environment)
    .filter(([name, value]) => value && shell[name] && shell[name] !== value)
    .map(([name]) => name);
  if (names.length === 0) return [];
  return [`This shell has other values, which win while it lives: ${names.join(', ')}.`];
}

/** Everything that can be tried before there is anything in the account. */
async function tryAll(
  watch: WatchConfig,
  environment: Environment,
  { sendsNothing }: ConfigureFlags,
  world: ConfigureWorld,
): Promise<boolean> {
  const tried = await withProgress(
    () => 'Trying what was stored',
    async () => [
      await tryAccount(watch, environment, world),
      ...(sendsNothing ? [] : await tryChannels(watch, world)),
    ],
  );
  printAll(
    ['', 'Tried:', ...tried.flatMap(({ lines }) => lines.map((line) => `  ${line}`))],
    world,
  );
  const isWell = tried.every(({ ok }) => ok);
  world.print('');
  world.print(
    isWell
      ? 'Next: npm run setup, then npm run deploy.'
      : 'Mend what is said above, and run npm run configure again: it keeps what is right.',
  );
  return isWell;
}

interface Tried {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** The key, and whether it may look into the regions that are to be watched. */
async function tryAccount(
  watch: WatchConfig,
  environment: Environment,
  world: ConfigureWorld,
): Promise<Tried> {
  try {
    const credentials = await world.credentialsIn(environment);
    const redact = redactor([...watch.secrets, ...Object.values(credentials)]);
    const region = functionsRegionIn(environment);
    const { STS_ENDPOINT } = environment;
    const { identity } = createClients({
      credentials,
      endpoints: STS_ENDPOINT ? { STS: STS_ENDPOINT } : {},
      regions: { tablestore: region, functions: region },
      redact,
    });
    const { accountId, arn } = await identity();
    const sessions = newSessions();
    const asking = { credentials, sessions, runtime: world.runtime, redact };
    const answers = await askEcs(watch, listedScopes(watch.targets), asking);
    const refused = answers.filter(({ problem }) => problem !== null);
    return {
      ok: refused.length === 0,
      lines: [
        `account ${accountId}: the key is good (${arn})`,
        ...answers.map(({ scope, problem }) => `${scope}: ${problem ?? 'ECS answers'}`),
      ],
    };
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof CredentialsError)) throw error;
    return { ok: false, lines: [error.message] };
  }
}

async function tryChannels(watch: WatchConfig, { runtime }: ConfigureWorld): Promise<Tried[]> {
  const { channels, wording, allowPrivate, secrets } = watch;
  const message = testMessage(runtime.now());
  return Promise.all(
    channels.map(async (configured) => {
      const options = { wording, allowPrivate, now: runtime.now, redact: redactor(secrets) };
      const outcome = await createChannel(configured, options).send(message);
      const verdict = verdictOf(outcome);
      return {
        ok: outcome.kind === 'delivered',
        lines: [`${configured.name}: a test message was ${verdict}`],
      };
    }),
  );
}
