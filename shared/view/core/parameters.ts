import { cleanText } from '../../core/text.ts';
import type { QueryParameters } from './request.ts';

/** Everything that is wrong with the parameters of a request, in words. */
export interface Problems {
  readonly problems: readonly string[];
}

export function isInvalid(parsed: object | Problems): parsed is Problems {
  return 'problems' in parsed;
}

/** Items of one answer: when the caller names no limit, and at most. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Undefined when the text is no token of the wanted kind. */
type Decode<T> = (token: string) => T | undefined;

/** Reads the parameters of an address by name, and collects every problem with them. */
export interface ParameterReader {
  /** The trimmed value. Forms send an empty one for a field that is not filled in. */
  text(name: string): string;
  list(name: string): readonly string[];
  /** A list whose values must be among those that are watched. */
  watched(name: string, known: readonly string[]): ReadonlySet<string>;
  /** A list whose values must be among those that there are. */
  known(name: string, known: readonly string[]): ReadonlySet<string>;
  limit(): number;
  choice(name: string, choices: readonly string[]): string;
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
  const among = (name: string, known: readonly string[], [no, all]: readonly [string, string]) => {
    const wanted = list(name);
    const unknown = wanted.filter((item) => !known.includes(item));
    if (unknown.length > 0)
      problems.push(`${name} is ${no}: ${quoted(unknown)} (${all}: ${quoted(known)})`);
    return new Set(wanted);
  };
  return {
    text,
    list,
    watched: (name, known) => among(name, known, ['not watched', 'watched']),
    known: (name, known) => among(name, known, ['not known', 'known']),
    limit() {
      const value = text('limit');
      if (value === '') return DEFAULT_LIMIT;
      const limit = /^\d{1,9}$/u.test(value) ? Number(value) : 0;
      if (limit >= 1 && limit <= MAX_LIMIT) return limit;
      problems.push(`limit is not a whole number from 1 to ${MAX_LIMIT}`);
      return DEFAULT_LIMIT;
    },
    choice(name, choices) {
      const value = text(name);
      if (value !== '' && !choices.includes(value)) {
        problems.push(`${name} is none of: ${quoted(choices)}`);
      }
      return value;
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

/** Values in a message. A value from outside is shortened, and nothing in it acts. */
function quoted(values: readonly string[]): string {
  return [...new Set(values)].map((value) => cleanText(value)).join(', ');
}
