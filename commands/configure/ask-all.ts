import { NO_CHANNEL } from '../../shared/config/channels.ts';
import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { configProblems } from '../config-problems.ts';
import { isYes } from '../deploy/deployment.ts';
import { readWatchFile } from '../watch-file/read.ts';
import {
  configuredKinds,
  firstQuestions,
  KEY_QUESTIONS,
  KINDS,
  kindsIn,
  placeOfKind,
  promptOf,
  type Question,
  questionsOfKind,
} from './core/questions.ts';
import { problemsOf, readAll } from './problems.ts';
import { tryKey } from './try-key.ts';
import type { ConfigureWorld } from './world.ts';

const SUFFIX_DIGITS = 4;

/** What the questions work on. */
interface Asking {
  /** Grows with each answer. */
  readonly given: Map<string, string | null>;
  /** With the answers that were given so far. */
  now(): Environment;
  readonly isForBox: boolean;
  readonly world: ConfigureWorld;
}

/** Asks for what matters, and checks each answer at once. @throws {ConfigError} where that does not end */
export async function askAll(asking: Asking): Promise<void> {
  const { now, isForBox, world } = asking;
  await askForKey(asking);
  const suffix = world.randomHex(SUFFIX_DIGITS);
  const file = configProblems().collect(() => readWatchFile(now()));
  const hasAccounts = (file?.accounts ?? []).length > 0;
  for (const question of firstQuestions(now(), { suffix, hasAccounts, isForBox })) {
    await askOne(question, asking);
  }
  await untilRight(world, async () => {
    const known = configuredKinds(now()).join(', ') || 'none';
    const wanted = await world.ask(`Channels, of ${KINDS.join(', ')} [${known}]: `);
    const { kinds, problems } = kindsIn(wanted ?? '');
    if (problems.length > 0) return problems;
    for (const kind of kinds) {
      world.print(placeOfKind(kind));
      for (const question of questionsOfKind(kind)) await askOne(question, asking);
    }
    return mayBeSilent(asking);
  });
}

async function askOne(question: Question, { given, now, world }: Asking): Promise<void> {
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
}

/**
 * A key that STS accepts. That of `.env` is offered and may be replaced; one that the shell, a profile or
 * a role brings is not asked for, as long as it is good.
 */
async function askForKey(asking: Asking): Promise<void> {
  const { given, now, world } = asking;
  const isOf = (environment: Environment): boolean =>
    KEY_QUESTIONS.every(({ variable }) => environment[variable]);
  const before = now();
  const isOfShell = isOf(world.environment);
  const isGiven = KEY_QUESTIONS.every(({ variable }) => given.has(variable));
  const first = await tryKey(isOfShell ? { ...before, ...world.environment } : before, world);
  if (first.kind !== 'none') world.print(first.words);
  if (isOfShell || isGiven || (first.kind === 'good' && !isOf(before))) return;
  await untilRight(world, async () => {
    for (const question of KEY_QUESTIONS) await askOne(question, asking);
    dropSessionToken(before, asking);
    const trial = await tryKey(now(), world);
    if (trial.kind !== 'refused') {
      world.print(trial.words);
      return [];
    }
    for (const { variable } of KEY_QUESTIONS) given.delete(variable);
    return [trial.words];
  });
}

/** The session token of another key would spoil the new one. */
function dropSessionToken(before: Environment, { given, now }: Asking): void {
  const token = 'ALIBABA_CLOUD_SECURITY_TOKEN';
  const isOther = KEY_QUESTIONS.some(({ variable }) => now()[variable] !== before[variable]);
  if (isOther && before[token] && !given.has(token)) given.set(token, null);
}

/** Is there a channel, or the user's yes that there is none? */
async function mayBeSilent({ given, now, world }: Asking): Promise<readonly string[]> {
  const { WATCH_SILENT: silent } = now();
  // The file that WATCH_CONFIG names may have channels of its own.
  const lacksChannel = readAll({ ...now(), WATCH_SILENT: '' }).problems.some((problem) =>
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
