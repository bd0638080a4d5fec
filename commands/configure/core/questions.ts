import { CHANNEL_KINDS } from '../../../shared/channels/index.ts';
import type { Environment } from '../../../shared/config/environment.ts';
import { suggestion } from '../../../shared/lib/suggest.ts';
import { DEFAULT_FUNCTIONS_REGION, functionsRegionIn } from '../../core/region.ts';

/** One question, and the variable that takes the answer. */
export interface Question {
  readonly variable: string;
  readonly text: string;
  /** Shown as set or not, and never itself. */
  readonly isSecret?: boolean;
  readonly otherwise?: string;
  /** An empty answer is one: the variable stays unset. */
  readonly isOptional?: boolean;
}

export const KEY_QUESTIONS: readonly Question[] = [
  { variable: 'ALIBABA_CLOUD_ACCESS_KEY_ID', text: 'Access key id of a RAM user' },
  { variable: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET', text: 'Its secret', isSecret: true },
];

/** What is known before the first question. */
export interface Beginning {
  /** For the name of an instance that no other account has. */
  readonly suffix: string;
  /** The file at WATCH_CONFIG says itself what is watched, perhaps of the own account, too. */
  readonly hasAccounts: boolean;
  /** One box has a store of its own, and no functions in a region. */
  readonly isForBox: boolean;
}

/** The few things that cannot be guessed. */
export function firstQuestions(
  environment: Environment,
  { suffix, hasAccounts, isForBox }: Beginning,
): readonly Question[] {
  const ofFunctions: readonly Question[] = [
    {
      variable: 'DEPLOY_REGION',
      text: 'Region in which the functions run',
      otherwise: DEFAULT_FUNCTIONS_REGION,
    },
  ];
  const ofStore: readonly Question[] = [
    {
      variable: 'TABLESTORE_INSTANCE',
      text: 'Name for the Tablestore instance that keeps the history',
      otherwise: `ecs-watch-${suffix}`,
    },
  ];
  return [
    ...(isForBox ? [] : ofFunctions),
    {
      variable: 'WATCH_REGIONS',
      ...(hasAccounts
        ? {
            text: 'Regions to watch beside the accounts of WATCH_CONFIG (empty: none)',
            isOptional: true,
          }
        : {
            text: 'Regions to watch, separated by commas, or all',
            otherwise: functionsRegionIn(environment),
          }),
    },
    ...(isForBox ? [] : ofStore),
    { variable: 'WATCH_LANGUAGE', text: 'Language of messages, en or zh', otherwise: 'en' },
    {
      variable: 'WATCH_TIME_ZONE',
      text: 'Time zone of messages, such as Asia/Shanghai',
      otherwise: 'UTC',
    },
  ];
}

/** The kinds of channels, as the answer to "which?" names them. */
export const KINDS: readonly string[] = CHANNEL_KINDS.map(({ kind }) => kind);

export function questionsOfKind(kind: string): readonly Question[] {
  const { variables = {} } = CHANNEL_KINDS.find((other) => other.kind === kind) ?? {};
  return Object.values(variables).map(
    ({ name, about, isRequired, isSecret, otherwise = 'none' }) => ({
      variable: name,
      text: isRequired ? `${name}, ${about}` : `${name}, ${about} (empty: ${otherwise})`,
      isSecret,
      isOptional: !isRequired,
    }),
  );
}

/** Where the address of a channel is found, as a line above its questions. */
export function placeOfKind(kind: string): string {
  return `${kind}: ${CHANNEL_KINDS.find((other) => other.kind === kind)?.page ?? 'an endpoint of yours'}`;
}

/** The kinds that an answer names, and what is wrong with each other word of it. */
export function kindsIn(answer: string): {
  readonly kinds: readonly string[];
  readonly problems: readonly string[];
} {
  const words = answer.split(/[\s,，、]+/u).filter((word) => word !== '' && word !== 'none');
  const kinds = words.map((word) => word.toLowerCase());
  return {
    kinds: kinds.filter((kind) => KINDS.includes(kind)),
    problems: words
      .filter((_, index) => !KINDS.includes(kinds[index] ?? ''))
      .map((word) => `${word} is no channel${suggestion(word, KINDS)}`),
  };
}

/** Kinds of which at least one variable is set. */
export function configuredKinds(environment: Environment): readonly string[] {
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  return CHANNEL_KINDS.filter(({ variables }) =>
    Object.values(variables).some(({ name }) => isSet(name)),
  ).map(({ kind }) => kind);
}

/** The question as a line, with what an empty answer means. */
export function promptOf({ text, isSecret, otherwise }: Question, now: string | undefined): string {
  const kept = now ? (isSecret ? 'keep' : now) : otherwise;
  const hidden = isSecret ? ' (not shown)' : '';
  return kept === undefined ? `${text}${hidden}: ` : `${text}${hidden} [${kept}]: `;
}
