import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What a command says of itself when it is asked with `--help`, or called wrongly. */
export interface CommandLine {
  /** As it is typed, for example `npm run local`. */
  readonly command: string;
  /** What the command does, in a sentence or two. */
  readonly does: string;
  /** What may follow the command, where that is not `[FLAG …]`. */
  readonly arguments?: string;
  /** Flag with its value, and what it means. */
  readonly flags: readonly (readonly [flag: string, meaning: string])[];
  readonly example: string;
}

/** A command line that is not usable: the message says what is wrong and how it should look. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const COLUMN_GAP = 3;

export function helpOf(line: CommandLine): string {
  const { command, does, flags, example, arguments: following = '[FLAG …]' } = line;
  const all = [...flags, ['--help', 'show this text'] as const];
  const width = Math.max(...all.map(([flag]) => flag.length)) + COLUMN_GAP;
  const usage = flags.length === 0 ? command : `${command} -- ${following}`;
  return [
    `Usage: ${usage}`,
    '',
    does,
    '',
    ...all.map(([flag, meaning]) => `  ${flag.padEnd(width)}${meaning}`),
    '',
    `Example: ${example}`,
  ].join('\n');
}

/** An error that names every problem, and then shows the help. */
export function usageError(line: CommandLine, problems: readonly string[]): UsageError {
  return new UsageError([...problems, '', helpOf(line)].join('\n'));
}

export type Values<T extends NonNullable<ParseArgsConfig['options']>> = ReturnType<
  typeof parseArgs<{ options: T }>
>['values'];

/**
 * The values of the flags, or `help` when the help was asked for.
 * @throws {UsageError} for an unknown flag, a missing value or an argument that is no flag
 */
export function readFlags<const T extends NonNullable<ParseArgsConfig['options']>>(
  line: CommandLine,
  args: readonly string[],
  options: T,
): Values<T> | 'help' {
  const read = readWords(line, args, options, false);
  return read === 'help' ? 'help' : read.values;
}

/**
 * The same, with the arguments that are no flags where `allowPositionals` says so.
 * @throws {UsageError}
 */
export function readWords<const T extends NonNullable<ParseArgsConfig['options']>>(
  line: CommandLine,
  args: readonly string[],
  options: T,
  allowPositionals = true,
): { readonly values: Values<T>; readonly words: readonly string[] } | 'help' {
  if (args.includes('--help') || args.includes('-h')) return 'help';
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals });
    return { values, words: positionals };
  } catch (error) {
    throw usageError(line, [error instanceof Error ? error.message : String(error)]);
  }
}
