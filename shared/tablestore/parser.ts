import { own } from '../core/own.ts';
import { MAX_TIME_MS } from '../core/time.ts';

/** A small kit of parsers, so that a schema is a list of fields. Written by hand for a small bundle. */

/** Checks a value and returns it, with defaults for what is missing. @throws {FieldError} */
export type Parser<T> = (value: unknown) => T;

/** A parser for each field of T; undefined stands for a missing field. */
export type FieldParsers<T> = { readonly [K in keyof T]-?: Parser<T[K]> };

/** A field does not hold what it must. The message says which field, and how it is wrong. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly path: string;
  readonly problem: string;

  constructor(path: string, problem: string) {
    super(`${path.replace(/^\./u, '')} ${problem}`);
    this.path = path;
    this.problem = problem;
  }
}

export const string: Parser<string> = (value) => {
  if (typeof value !== 'string') throw wrong(value, 'a text');
  return value;
};

export const boolean: Parser<boolean> = (value) => {
  if (typeof value !== 'boolean') throw wrong(value, 'true or false');
  return value;
};

/** A mark that is there or not. */
export const onlyTrue: Parser<true> = (value) => {
  if (value !== true) throw wrong(value, 'true');
  return value;
};

/** A whole number that a double holds exactly. */
export function whole(min: number, max: number = Number.MAX_SAFE_INTEGER): Parser<number> {
  return (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) {
      return value;
    }
    throw wrong(value, `a whole number from ${min} to ${max}`);
  };
}

export const finite: Parser<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(value, 'a number');
  return value;
};

/** A time in milliseconds. One that no Date can hold would fail wherever it is shown. */
export const timestamp: Parser<number> = (value) => {
  const ms = finite(value);
  if (Math.abs(ms) > MAX_TIME_MS) throw wrong(value, 'a time');
  return ms;
};

export function nullable<T>(parse: Parser<T>): Parser<T | null> {
  return (value) => (value === null ? null : parse(value));
}

export function optional<T>(parse: Parser<T>): Parser<T | undefined> {
  return (value) => (value === undefined ? undefined : parse(value));
}

export function orElse<T>(parse: Parser<T>, otherwise: T): Parser<T> {
  return (value) => (value === undefined ? otherwise : parse(value));
}

/** What only saves work is done without where it cannot be read. */
export function orAbsent<T>(parse: Parser<T>): Parser<T | undefined> {
  return (value) => {
    try {
      return optional(parse)(value);
    } catch (error) {
      if (error instanceof FieldError) return undefined;
      throw error;
    }
  };
}

export function listOf<T>(item: Parser<T>): Parser<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw wrong(value, 'a list');
    return (value as readonly unknown[]).map((each, index) => inField(index, item, each));
  };
}

/** A map with any keys, `__proto__` included: `fromEntries` makes own properties of all. */
export function recordOf<T>(item: Parser<T>): Parser<Readonly<Record<string, T>>> {
  return (value) =>
    Object.fromEntries(
      Object.entries(objectIn(value)).map(([key, each]) => [key, inField(key, item, each)]),
    );
}

/** An object with these fields. It keeps all others, because a newer version may need them. */
export function objectOf<T extends object>(fields: FieldParsers<T>): Parser<T> {
  const parsers = Object.entries<Parser<unknown>>(fields);
  return (value) => {
    const source = objectIn(value);
    // A spread makes own properties of all, even of `__proto__`.
    const result: Record<string, unknown> = { ...source };
    for (const [name, parse] of parsers) {
      const parsed = inField(name, parse, own(source, name));
      if (parsed !== undefined) result[name] = parsed;
      else delete result[name];
    }
    return result as T;
  };
}

export function jsonOf<T>(parse: Parser<T>): Parser<T> {
  return (value) => {
    const stored = string(value);
    let parsed: unknown;
    try {
      parsed = JSON.parse(stored);
    } catch (cause) {
      // A SyntaxError of another realm is no instance of this one's Error.
      throw new FieldError('', `is not JSON: ${(cause as Error).message}`);
    }
    return parse(parsed);
  };
}

/** Parses a field, or an item of a list, and names it where it is wrong. */
export function inField<T>(key: string | number, parse: Parser<T>, value: unknown): T {
  try {
    return parse(value);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new FieldError(`${stepTo(key)}${error.path}`, error.problem);
  }
}

function stepTo(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^\w+$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(value, 'an object');
  }
  return value as Readonly<Record<string, unknown>>;
}

export function wrong(value: unknown, expected: string): FieldError {
  return new FieldError(
    '',
    value === undefined ? 'is missing' : `is ${typeName(value)}, not ${expected}`,
  );
}

/** Texts may be long, and their writers unknown, so that only numbers are quoted. */
function typeName(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'string') return 'a text';
  return Array.isArray(value) ? 'a list' : 'an object';
}
