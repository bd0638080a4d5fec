import { refusalOf, type Shape } from '../lib/shape.ts';
import { ConfigError, type Environment } from './environment.ts';

/** Reads variables. It remembers every problem, so that one error can report all of them. */
export interface VariableReader {
  text(name: string, shape?: Shape): string | undefined;
  /** A text that must be set. `hint` says what it should be. */
  required(name: string, shape: Shape, hint: string): string;
  /** Items separated by commas, each of them once. */
  list(name: string, shape?: Shape): readonly string[];
  count(name: string, otherwise: number, max?: number): number;
  flag(name: string): boolean;
  /** A problem, if the variable is set. */
  refuse(name: string, problem: string): void;
  refuseMissing(name: string, hint: string): void;
  /** A problem that is of no single variable. */
  add(problem: string): void;
  /** The same problems, over another environment. */
  over(environment: Environment): VariableReader;
  /** @throws {ConfigError} if there was any problem */
  finish(): void;
}

/** The largest number of nine digits. */
const MAX_COUNT = 999_999_999;

export function variableReader(environment: Environment, problems: string[] = []): VariableReader {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;

  const reader: VariableReader = {
    text(name, shape) {
      const value = given(name);
      // The value may be a secret, even a mistyped one: the problem names the variable only.
      if (value !== undefined && shape?.allows(value) === false) {
        problems.push(`${name} ${refusalOf(shape, value)}`);
      }
      return value;
    },
    required(name, shape, hint) {
      const value = reader.text(name, shape);
      if (value === undefined) reader.refuseMissing(name, hint);
      return value ?? '';
    },
    list(name, shape) {
      const items = (given(name) ?? '').split(',').map((item) => item.trim());
      const unique = [...new Set(items.filter((item) => item !== ''))];
      const wrong = unique.filter((item) => shape?.allows(item) === false);
      if (wrong.length > 0) problems.push(`${name} holds what is not ${shape?.words}: ${wrong}`);
      return unique;
    },
    count(name, otherwise, max = MAX_COUNT) {
      const value = given(name);
      if (value === undefined) return otherwise;
      if (/^[1-9]\d{0,8}$/u.test(value) && Number(value) <= max) return Number(value);
      const range = max === MAX_COUNT ? 'of at least 1' : `from 1 to ${max}`;
      problems.push(`${name} is not a whole number ${range}`);
      return otherwise;
    },
    flag(name) {
      const value = given(name);
      if (value !== undefined && value !== 'true' && value !== 'false') {
        problems.push(`${name} is neither true nor false`);
      }
      return value === 'true';
    },
    refuse(name, problem) {
      if (given(name) !== undefined) problems.push(`${name} ${problem}`);
    },
    refuseMissing(name, hint) {
      problems.push(`${name} is missing (${hint})`);
    },
    add(problem) {
      problems.push(problem);
    },
    over(other) {
      return variableReader(other, problems);
    },
    finish() {
      if (problems.length > 0) throw new ConfigError(problems);
    },
  };
  return reader;
}
