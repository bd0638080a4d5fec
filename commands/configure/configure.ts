import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createChannel } from '../../shared/channels/index.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import { listedScopes } from '../../shared/core/target.ts';
import { newSessions } from '../../shared/ecs/sessions.ts';
import { CredentialsError } from '../../shared/fc/credentials.ts';
import { redactor } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { askEcs } from '../ask-ecs.ts';
import { functionsRegionIn } from '../core/region.ts';
import { readDeploySettings } from '../deploy/settings.ts';
import { parseDotEnv } from '../dot-env.ts';
import { testMessage, verdictOf } from '../notify/try-channel.ts';
import { withProgress } from '../progress.ts';
import { createClients } from '../setup/clients.ts';
import { ControlError } from '../setup/refusal.ts';
import { printAll, type World } from '../setup/world.ts';
import { derivedValues } from './core/derived.ts';
import { withValues } from './core/env-file.ts';
import {
  configuredKinds,
  firstQuestions,
  KINDS,
  promptOf,
  type Question,
  questionsOfKind,
} from './core/questions.ts';

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
  const text = existsSync(world.path) ? readFileSync(world.path, 'utf8') : '';
  const { values, problems } = parseDotEnv(text, world.path);
  if (problems.length > 0) throw new ConfigError(problems);
  const before: Environment = values;
  const given = new Map<string, string | null>(flags.values);
  const now = (): Environment => merged(before, given);

  if (!flags.isQuiet) await askAll(given, now, world);
  const token = () => world.randomHex(TOKEN_DIGITS);
  for (const [name, value] of derivedValues(before, now(), token)) given.set(name, value);

  const environment = now();
  // As the commands will see it: what the shell has set wins.
  const seen = { ...environment, ...withoutEmpty(world.environment) };
  const { watch } = readDeploySettings(seen);
  store(world.path, withValues(text, given));
  printStored(environment, before, world);
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
    if (given.has(question.variable)) return;
    const known = now()[question.variable];
    const said = (await world.ask(promptOf(question, known)))?.trim();
    if (said) given.set(question.variable, said);
    else if (!known && question.otherwise) given.set(question.variable, question.otherwise);
  };
  const hasKeys = await world
    .credentialsIn({ ...now(), ...withoutEmpty(world.environment) })
    .then(() => true)
    .catch(() => false);
  const suffix = world.randomHex(SUFFIX_DIGITS);
  for (const question of firstQuestions(now(), { hasKeys, suffix })) await answer(question);
  const known = configuredKinds(now()).join(', ') || 'none';
  const wanted = await world.ask(`Channels, of ${KINDS.join(', ')} [${known}]: `);
  for (const kind of (wanted ?? '').split(/[\s,]+/u).filter((word) => KINDS.includes(word))) {
    for (const question of questionsOfKind(kind)) await answer(question);
  }
  if (configuredKinds(now()).length === 0) given.set('WATCH_SILENT', 'true');
  else if (now().WATCH_SILENT === 'true') given.set('WATCH_SILENT', null);
}

/** Whole or not at all, and for its owner only. */
function store(path: string, text: string): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}

const SECRET = /SECRET|TOKEN|WEBHOOK(?!_ALLOW)|PASSWORD|KEY$|_URL$/u;

function printStored(environment: Environment, before: Environment, world: ConfigureWorld): void {
  world.print(`Stored in ${world.path}, readable by you alone:`);
  for (const [name, value] of Object.entries(environment)) {
    if (!value) continue;
    const isNew = value === before[name] ? '' : before[name] ? '  (changed)' : '  (new)';
    const shown = SECRET.test(name) ? `set, ${value.length} characters` : value;
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
