import type { Rights } from '../view/core/rights.ts';

/** A token of VIEW_TOKENS. */
export interface NamedToken {
  readonly name: string;
  readonly secret: string;
  /** `granted`: all addresses, of everything. */
  readonly access: 'granted' | Rights;
  /** May it write notes about the instances that it shows? */
  readonly mayWriteNotes?: true;
}

/** Anyone may try tokens at the view, as fast as it answers: a short one would be found. */
export const MIN_TOKEN_CHARS = 16;

/** What is wrong, without a word of the text: any of them may be a token that is in a wrong place. */
interface Wrong {
  readonly problem: string;
}

const NAME = /^[\w.-]{1,32}$/u;
const ALL = 'all';
const MONITORING = 'monitoring';
const ACCOUNTS = 'account=';
const REGIONS = 'region=';
const NOTES = 'notes';

/**
 * The tokens of `NAME RIGHT… TOKEN; NAME RIGHT… TOKEN; …`, in which a line break is as good as a
 * semicolon. Rights: `all` alone; or any of `monitoring`, `account=a,b` and `region=a,b`. `notes`
 * beside those that read: writing is no part of `all`, since tokens were given before it existed.
 */
export function parseViewTokens(text: string): {
  readonly tokens: readonly NamedToken[];
  readonly problems: readonly string[];
} {
  const parsed = entriesIn(text).map(parseEntry);
  const tokens = parsed.filter((entry): entry is NamedToken => !('problem' in entry));
  const wrong = parsed.flatMap((entry, index) =>
    'problem' in entry ? [`entry ${index + 1} ${entry.problem}`] : [],
  );
  return { tokens, problems: [...wrong, ...repetitions(tokens)] };
}

/** All that may be a secret in this text, also where it is not as it should be. */
export function secretsInViewTokens(text: string): readonly string[] {
  return entriesIn(text).flatMap((words) => {
    const long = words.filter((word) => word.length >= MIN_TOKEN_CHARS && !isSelection(word));
    return [...new Set([...long, ...words.slice(-1)])];
  });
}

function entriesIn(text: string): readonly (readonly string[])[] {
  return text
    .split(/[;\n]/u)
    .map((entry) => entry.split(/\s+/u).filter((word) => word !== ''))
    .filter((words) => words.length > 0);
}

function parseEntry(words: readonly string[]): NamedToken | Wrong {
  const [name = '', ...rest] = words;
  const rights = rest.slice(0, -1);
  const secret = rest.at(-1) ?? '';
  if (rights.length === 0) return { problem: 'is not a name, its rights and a token' };
  if (isRight(secret)) return { problem: 'has no token behind its rights' };
  if (!NAME.test(name)) return { problem: 'has a name that is not of letters, digits, ., _ and -' };
  if (secret.length < MIN_TOKEN_CHARS) {
    return { problem: `has a token that is not at least ${MIN_TOKEN_CHARS} characters long` };
  }
  const reading = rights.filter((right) => right !== NOTES);
  const notes = reading.length < rights.length ? ({ mayWriteNotes: true } as const) : {};
  if (rights.length > new Set(rights).size) return { problem: 'has a right twice' };
  if (reading.length === 0 || (reading.length < rights.length && reading.includes(MONITORING)))
    return {
      problem: `has ${NOTES} without ${ALL}, account=… or region=…: it writes only what it reads`,
    };
  if (reading.length === 1 && reading[0] === ALL)
    return { name, secret, access: 'granted', ...notes };
  const access = rightsIn(reading);
  return 'problem' in access ? access : { name, secret, access, ...notes };
}

function rightsIn(words: readonly string[]): Rights | Wrong {
  const isMonitoring = words.includes(MONITORING);
  const accounts = selectedIn(words, ACCOUNTS);
  const regions = selectedIn(words, REGIONS);
  if (words.includes(ALL)) return { problem: `has ${ALL} beside other rights` };
  if (!words.every(isRight)) {
    return {
      problem: `has a right that is none of ${ALL}, ${MONITORING}, ${NOTES}, account=… and region=…`,
    };
  }
  if (words.length > new Set(words.map(kindOf)).size) return { problem: 'has a right twice' };
  if (words.some((word) => isSelection(word) && selectedIn([word], kindOf(word)).size === 0)) {
    return { problem: 'has account= or region= without a value' };
  }
  return { addresses: isMonitoring ? MONITORING : ALL, accounts, regions };
}

/** `account=` of `account=a,b`; other words as they are. */
function kindOf(word: string): string {
  return isSelection(word) ? word.slice(0, word.indexOf('=') + 1) : word;
}

function selectedIn(words: readonly string[], kind: string): ReadonlySet<string> {
  const values = words
    .filter((word) => word.startsWith(kind))
    .map((word) => word.slice(kind.length));
  return new Set(values.flatMap((value) => value.split(',')).filter((value) => value !== ''));
}

/** Without its token, which a variable of the shell may have left empty, an entry ends with a right. */
function isRight(word: string): boolean {
  return word === ALL || word === MONITORING || word === NOTES || isSelection(word);
}

function isSelection(word: string): boolean {
  return word.startsWith(ACCOUNTS) || word.startsWith(REGIONS);
}

function repetitions(tokens: readonly NamedToken[]): readonly string[] {
  const isRepeated = (values: readonly string[]): boolean => new Set(values).size < values.length;
  return [
    ...(isRepeated(tokens.map(({ name }) => name)) ? ['has a name twice'] : []),
    ...(isRepeated(tokens.map(({ secret }) => secret)) ? ['has a token twice'] : []),
  ];
}
