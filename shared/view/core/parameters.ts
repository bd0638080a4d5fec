import { globOf, matches } from '../../core/glob.ts';
import { cleanText } from '../../core/text.ts';
import type { Wanted, WantedTag } from './filter.ts';
import { type DeclaredParameters, DURATION, type ParameterSchema } from './parameter.ts';
import type { QueryParameters } from './request.ts';

/** Everything that is wrong with the parameters of a request, in words. */
export interface Problems {
  readonly problems: readonly string[];
}

export function isInvalid(parsed: object | Problems): parsed is Problems {
  return 'problems' in parsed;
}

/** Twice the ids that the page asks for at once. */
const MAX_VALUES = 200;
/** Each of them is compared with every instance; other values are looked up. */
const MAX_GLOBS = 20;
/** Of one request. Each of them is a search in a text of every instance: two for each glob. */
const MAX_STARS = 2 * MAX_GLOBS;
/**
 * Each of them is looked up in every instance. ECS searches for no more either.
 * Source: https://www.alibabacloud.com/help/en/ecs/developer-reference/api-describeinstances
 */
const MAX_TAG_KEYS = 20;

/** Undefined when the text is no token of the wanted kind. */
type Decode<T> = (token: string) => T | undefined;

/**
 * Reads the declared parameters of an address by name, and collects every problem with them. Its
 * messages, limits and defaults are those of the declaration.
 */
export interface ParameterReader<N extends string> {
  /** The trimmed value. Forms send an empty one for a field that is not filled in. */
  text(name: N): string;
  /** A list in which `!` in front of a value excludes it, and `*` in a value is any text. */
  wanted(name: N, normalise?: (value: string) => string): Wanted;
  /** The same for tags: `KEY=VALUE`, or `KEY` for any value. */
  wantedTags(name: N): readonly WantedTag[];
  /** The same for values that must be among those that are watched. */
  watched(name: N, known: readonly string[]): Wanted;
  /** A list whose values must be among those that there are. */
  known(name: N, known: readonly string[]): ReadonlySet<string>;
  /** `fallback`: instead of the declared default. */
  whole(name: N, fallback?: number): number;
  /** In milliseconds; null where it is not given and has no default. */
  duration(name: N): number | null;
  /** `alternative`: what else the parameter may be, for the message. */
  token<T>(name: N, decode: Decode<T>, alternative?: string): T | undefined;
  refuse(problem: string): void;
  /** The parsed query, unless there was a problem or a parameter that was never read. */
  finish<T extends object>(parsed: T): T | Problems;
}

/** The reader of a whole address, which knows the choices of each parameter too. */
export interface AddressReader<D extends DeclaredParameters>
  extends ParameterReader<keyof D & string> {
  /** Empty: not given, or none of its choices. */
  choice<N extends keyof D & string>(name: N): ChoiceOf<D[N]> | '';
}

type ChoiceOf<P> = P extends { readonly schema: { readonly enum: readonly (infer T)[] } }
  ? T
  : never;

export function parameterReader<D extends DeclaredParameters>(
  declared: D,
  parameters: QueryParameters,
): AddressReader<D> {
  const problems: string[] = [];
  const names = new Set<string>();
  const schemaOf = (name: string): ParameterSchema | undefined => declared[name]?.schema;
  /** The value, or the declared default. */
  const textOr = (name: string): string => {
    const schema = schemaOf(name);
    return text(name) || (schema?.type === 'string' && schema.default) || '';
  };

  const text = (name: string): string => {
    names.add(name);
    return parameters.get(name)?.trim() ?? '';
  };
  const list = (name: string): readonly string[] => {
    const values = text(name)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    if (values.length <= MAX_VALUES) return values;
    problems.push(`${name} has more than ${MAX_VALUES} values`);
    return [];
  };
  let stars = 0;
  const patternsIn = (name: string): readonly string[] => {
    const patterns = list(name);
    const globs = patterns.filter((pattern) => pattern.includes('*'));
    if (globs.length > MAX_GLOBS) {
      problems.push(`${name} has more than ${MAX_GLOBS} values with *`);
      return [];
    }
    const before = stars;
    for (const glob of globs) stars += starsIn(glob);
    if (before <= MAX_STARS && stars > MAX_STARS) {
      problems.push(`the parameters have more than ${MAX_STARS} * in all`);
    }
    return patterns;
  };
  const refuseUnknown = (
    name: string,
    patterns: readonly string[],
    known: readonly string[],
    [no, all]: readonly [string, string],
  ): void => {
    const unknown = patterns.filter((pattern) => {
      const glob = globOf(pattern);
      return !known.some((one) => matches(glob, one));
    });
    if (unknown.length > 0)
      problems.push(`${name} is ${no}: ${quoted(unknown)} (${all}: ${quoted(known)})`);
  };
  return {
    text,
    wanted: (name, normalise = same) => wantedIn(patternsIn(name).map(normalise)),
    wantedTags(name) {
      const tags = wantedTagsIn(patternsIn(name));
      if (tags.length > MAX_TAG_KEYS) problems.push(`${name} has more than ${MAX_TAG_KEYS} keys`);
      return tags;
    },
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
    whole(name, fallback) {
      const schema = schemaOf(name);
      if (schema?.type !== 'integer') throw new TypeError(`${name} is not declared as a number`);
      const { minimum, maximum, default: usual } = schema;
      const value = text(name);
      if (value === '') return fallback ?? usual;
      const number = WHOLE.test(value) ? Number(value) : Number.NaN;
      if (number >= minimum && number <= maximum) return number;
      problems.push(`${name} is not a whole number from ${minimum} to ${maximum}`);
      return usual;
    },
    duration(name) {
      const value = textOr(name);
      if (value === '') return null;
      const unitMs = DURATION.test(value) ? UNITS_MS.get(value.slice(-1)) : undefined;
      if (unitMs !== undefined) return Number(value.slice(0, -1)) * unitMs;
      problems.push(`${name} is not a duration such as 90s, 30m, 2h or 7d`);
      return null;
    },
    choice<N extends keyof D & string>(name: N) {
      const schema = schemaOf(name);
      const choices = schema?.type === 'string' ? (schema.enum ?? []) : [];
      const value = textOr(name);
      const isChoice = choices.includes(value);
      if (value !== '' && !isChoice) problems.push(`${name} is none of: ${quoted(choices)}`);
      // The declaration of this very parameter lists it.
      return (isChoice ? value : '') as ChoiceOf<D[N]> | '';
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
export const NO_PARAMETERS: DeclaredParameters = {};

export function parseNoParameters(parameters: QueryParameters): object | Problems {
  return parameterReader(NO_PARAMETERS, parameters).finish({});
}

const WHOLE = /^\d{1,9}$/u;
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
    globs: patterns.filter((pattern) => pattern.includes('*')).map(globOf),
  };
}

/** Several in a row are one. */
function starsIn(pattern: string): number {
  return pattern.split(/\*+/u).length - 1;
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
