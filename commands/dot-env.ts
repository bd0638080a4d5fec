import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, type Environment } from '../shared/config/environment.ts';

/** Names another file than `.env` beside package.json, for a second environment of one checkout. */
export const ENV_FILE = 'ECS_WATCH_ENV_FILE';

/** Hundreds of variables have less. */
const MAX_FILE_BYTES = 256 * 1024;
/** Permissions of everybody but the owner. */
const OTHERS = 0o077;

/** The variables of a file, and what is wrong with its lines. */
export interface DotEnv {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/**
 * Adds the variables of `.env` to the environment, except those that the shell has set, be it to an
 * empty string. A file that does not exist is no mistake, unless it was asked for by name.
 * @throws {ConfigError} naming every line that is malformed, and no value
 */
export function loadDotEnv(
  root: string,
  environment: Record<string, string | undefined>,
  warn: (text: string) => void,
): void {
  const path = pathOfDotEnv(root, environment);
  const text = textOf(path, environment[ENV_FILE] ? ENV_FILE : undefined, warn);
  if (text === undefined) return;
  const { values, problems } = parseDotEnv(text, path);
  if (problems.length > 0) throw new ConfigError(problems);
  for (const [name, value] of Object.entries(values)) environment[name] ??= value;
}

export function pathOfDotEnv(root: string, environment: Environment): string {
  return environment[ENV_FILE] || join(root, '.env');
}

function textOf(
  path: string,
  origin: string | undefined,
  warn: (text: string) => void,
): string | undefined {
  try {
    const { mode, size } = statSync(path);
    if (size > MAX_FILE_BYTES) {
      throw new ConfigError([`${path} has more than ${MAX_FILE_BYTES} bytes`]);
    }
    const text = readFileSync(path, 'utf8');
    // On Windows, the mode does not say who may read the file.
    if (text !== '' && (mode & OTHERS) !== 0 && process.platform !== 'win32') {
      warn(`${path} holds secrets and is open to other users of this machine: chmod 600 ${path}`);
    }
    return text;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && origin === undefined) return undefined;
    throw new ConfigError([`${origin ? `${origin}: ` : ''}${path} cannot be read (${code})`]);
  }
}

const ASSIGNMENT = /^(?:export\s+)?(?<name>[A-Za-z_]\w*)\s*=(?<value>.*)$/u;
/** From the quote to the same quote, then at most a comment. */
const QUOTED = /^(?:"[^"]*"|'[^']*'|`[^`]*`)(?:\s+#.*)?$/u;

/**
 * Reads `NAME=value`, one a line, as Node.js and Serverless Devs do. Lines that these two would
 * drop, cut or join without a word are problems here: the value may be the secret of a channel.
 */
export function parseDotEnv(text: string, path: string): DotEnv {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, content] of text
    .replace(/^\ufeff/u, '')
    .split(/\r?\n/u)
    .entries()) {
    const line = content.trim();
    if (line === '' || line.startsWith('#')) continue;
    const { name = '', value = '' } = ASSIGNMENT.exec(line)?.groups ?? {};
    const problem = Object.hasOwn(values, name) ? 'is set a second time' : problemOf(value);
    if (name === '') problems.push(`${path}:${index + 1} is not NAME=value`);
    else if (problem !== undefined) problems.push(`${path}:${index + 1} ${name} ${problem}`);
    else values[name] = parseEnv(line)[name] ?? '';
  }
  return { values, problems };
}

function problemOf(value: string): string | undefined {
  const trimmed = value.trim();
  if (/[\0\r]/u.test(value)) return 'holds a control character';
  if (/^["'`]/u.test(trimmed)) {
    return QUOTED.test(trimmed) ? undefined : 'has a quote that does not end where the value ends';
  }
  const hash = value.indexOf('#');
  // Both would cut the value there.
  return hash < 0 || /\s/u.test(value.charAt(hash - 1))
    ? undefined
    : "holds a # outside of quotes: write NAME='value'";
}
