import { matchesGlob } from '../../core/glob.ts';
import { cleanText } from '../../core/text.ts';
import type { Wanted, WantedTag } from './filter.ts';
import type { QueryParameters } from './request.ts';

/** Everything that is wrong with the parameters of a request, in words. */
export interface Problems {
  readonly problems: readonly string[];
}

export function isInvalid(parsed: object | Problems): parsed is Problems {
  return 'problems' in parsed;
}

/** Items of one answer: when neither the caller nor the address names a limit, and at most. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Each of them is compared with every instance; other values are looked up. */
const MAX_GLOBS = 20;

/** Undefined when the text is no token of the wanted kind. */
type Decode<T> = (token: string) => T | undefined;

/** Reads the parameters of an address by name, and collects every problem with them. */
export interface ParameterReader {
  /** The trimmed value. Forms send an empty one for a field that is not filled in. */
  text(name: string): string;
  list(name: string): readonly string[];
  /** A list in which `!` in front of a value excludes it, and `*` in a value is any text. */
  wanted(name: string, normalise?: (value: string) => string): Wanted;
  /** The same for tags: `KEY=VALUE`, or `KEY` for any value. */
  wantedTags(name: string): readonly WantedTag[];
  /** The same for values that must be among those that are watched. */
  watched(name: string, known: readonly string[]): Wanted;
  /** A list whose values must be among those that there are. */
  known(name: string, known: readonly string[]): ReadonlySet<string>;
  /** `fallback`: when the caller names none. */
  limit(fallback?: number): number;
  /** `90s`, `30m`, `2h` or `7d`, in milliseconds; null where it is not given. */
  duration(name: string): number | null;
  /** Empty: not given, or none of them. */
  choice<T extends string>(name: string, choices: readonly T[]): T | '';
  /** `alternative`: what else the parameter may be, for the message. */
  token<T>(name: string, decode: Decode<T>, alternative?: string): T | undefined;
  refuse(problem: string): void;
  /** The parsed query, unless there was a problem or a parameter that was never read. */
  finish<T extends object>(parsed: T): T | Problems;
}

export function parameterReader(parameters: QueryParameters): ParameterReader {
  const problems: string[] = [];
  const names = new Set<string>();

  const text = (name: string): string => {
    names.add(name);
    return parameters.get(name)?.trim() ?? '';
  };
  const list = (name: string): readonly string[] =>
    text(name)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  const patternsIn = (name: string): readonly string[] => {
    const patterns = list(name);
    const globs = patterns.filter((pattern) => pattern.includes('*'));
    if (globs.length > MAX_GLOBS) problems.push(`${name} has more than ${MAX_GLOBS} values with *`);
    return patterns;
  };
  const refuseUnknown = (
    name: string,
    patterns: readonly string[],
    known: readonly string[],
    [no, all]: readonly [string, string],
  ): void => {
    const unknown = patterns.filter((pattern) => !known.some((one) => matchesGlob(pattern, one)));
    if (unknown.length > 0)
      problems.push(`${name} is ${no}: ${quoted(unknown)} (${all}: ${quoted(known)})`);
  };
  return {
    text,
    list,
    wanted: (name, normalise = same) => wantedIn(patternsIn(name).map(normalise)),
    wantedTags: (name) => wantedTagsIn(patternsIn(name)),
    watched(name, known) {
      const patterns = patternsIn(name);
      refuseUnknown(name, patterns.map(withoutMark), known, ['not watched', 'watched']);
      return wantedIn(patterns);
    },
    known(name, known) {
      const values = list(name);
      refuseUnknown(name, values, known, ['not known', 'known']);
      return new Set(values);
    },
    limit(fallback = DEFAULT_LIMIT) {
      const value = text('limit');
      if (value === '') return fallback;
      const limit = /^\d{1,9}$/u.test(value) ? Number(value) : 0;
      if (limit >= 1 && limit <= MAX_LIMIT) return limit;
      problems.push(`limit is not a whole number from 1 to ${MAX_LIMIT}`);
      return DEFAULT_LIMIT;
    },
    duration(name) {
      const value = text(name);
      if (value === '') return null;
      const { count = '', unit = '' } = DURATION.exec(value)?.groups ?? {};
      const unitMs = UNITS_MS.get(unit);
      if (unitMs !== undefined) return Number(count) * unitMs;
      problems.push(`${name} is not a duration such as 90s, 30m, 2h or 7d`);
      return null;
    },
    choice(name, choices) {
      const value = text(name);
      const chosen = choices.find((choice) => choice === value);
      if (value !== '' && chosen === undefined) {
        problems.push(`${name} is none of: ${quoted(choices)}`);
      }
      return chosen ?? '';
    },
    token(name, decode, alternative) {
      const value = text(name);
      if (value === '') return undefined;
      const decoded = decode(value);
      if (decoded === undefined) {
        const others = alternative === undefined ? '' : `, ${alternative}`;
        problems.push(`${name} is not a cursor from an earlier answer of this address${others}`);
      }
      return decoded;
    },
    refuse(problem) {
      problems.push(problem);
    },
    finish(parsed) {
      const unknown = [...parameters.keys()].filter((name) => !names.has(name));
      if (unknown.length > 0) {
        const known = names.size === 0 ? 'this address takes none' : `known: ${quoted([...names])}`;
        problems.push(`unknown parameters: ${quoted(unknown)} (${known})`);
      }
      return problems.length === 0 ? parsed : { problems };
    },
  };
}

/** For addresses that take no parameters. */
export function parseNoParameters(parameters: QueryParameters): object | Problems {
  return parameterReader(parameters).finish({});
}

const DURATION = /^(?<count>\d{1,6})(?<unit>[smhd])$/u;
const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const EXCLUSION = '!';

function withoutMark(pattern: string): string {
  return pattern.startsWith(EXCLUSION) ? pattern.slice(EXCLUSION.length) : pattern;
}

function wantedIn(patterns: readonly string[]): Wanted {
  const isExcluded = (pattern: string): boolean => pattern.startsWith(EXCLUSION);
  return {
    any: valuesIn(patterns.filter((pattern) => !isExcluded(pattern))),
    none: valuesIn(patterns.filter(isExcluded).map(withoutMark)),
  };
}

function valuesIn(patterns: readonly string[]): Wanted['any'] {
  return {
    exact: new Set(patterns.filter((pattern) => !pattern.includes('*'))),
    globs: patterns.filter((pattern) => pattern.includes('*')),
  };
}

/** Values of one tag are alternatives, and different tags are all wanted. */
function wantedTagsIn(patterns: readonly string[]): readonly WantedTag[] {
  const byKey = new Map<string, string[]>();
  for (const pattern of patterns) {
    const mark = withoutMark(pattern) === pattern ? '' : EXCLUSION;
    const [key = '', ...value] = withoutMark(pattern).split('=');
    const values = byKey.get(key) ?? [];
    values.push(`${mark}${value.length === 0 ? '*' : value.join('=')}`);
    byKey.set(key, values);
  }
  return [...byKey].map(([key, values]) => ({ key, values: wantedIn(values) }));
}

function same(value: string): string {
  return value;
}

/** Values in a message. A value from outside is shortened, and nothing in it acts. */
function quoted(values: readonly string[]): string {
  return [...new Set(values)].map((value) => cleanText(value)).join(', ');
}
