import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Clock } from '../clock.ts';

/** A deployed function, in the words of s.yaml. */
export interface FunctionOptions {
  readonly name: string;
  /** Of FC 2.0, in which a function belongs to a service. */
  readonly serviceName?: string;
  /** The folder of the built bundle. */
  readonly codeDir: string;
  /** `index.handler`: the export `handler` of `index.js`. */
  readonly handler: string;
  /** The cloud takes whole seconds; here a fraction is allowed, for quick tests. */
  readonly timeoutSeconds: number;
  readonly memoryMb?: number;
  readonly environment: Readonly<Record<string, string>>;
  /** At most this many instances; 0 blocks every call. */
  readonly reservedConcurrency?: number;
  /** How often a failed asynchronous invocation is tried again. */
  readonly maxAsyncRetryAttempts?: number;
  /** How long an event may wait in the queue. */
  readonly maxAsyncEventAgeInSeconds?: number;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** A role has one; a user's own key has none. */
  readonly securityToken?: string;
}

/** The cloud around the function. */
export interface Platform {
  /** The credentials of the function's role; `{}` when it has none. Read at every invocation. */
  readonly credentials: Credentials | Readonly<Record<string, never>>;
  readonly region: string;
  readonly clock: Clock;
  onLog(line: LogLine): void;
  /** The share of asynchronous events that are delivered twice: the queue is at-least-once. */
  readonly duplicateProbability?: number;
  readonly seed?: number;
}

export interface LogLine {
  readonly functionName: string;
  /** `platform` lines report what happened to the function: a timeout, an exit, a dropped event. */
  readonly stream: 'stdout' | 'stderr' | 'platform';
  readonly text: string;
}

export const LOCAL_ACCOUNT_ID = '1234567890123456';
export const DEFAULT_MEMORY_MB = 512;

// https://www.alibabacloud.com/help/en/functioncompute/fc/configure-environment-variables
const MAX_ENVIRONMENT_BYTES = 4 * 1024;
const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const RESERVED_PREFIX = 'FC_';
const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const HANDLER = /^[\w-]+\.\w+$/;
const MAX_TIMEOUT_SECONDS = 86_400;
const MAX_RETRY_ATTEMPTS = 8;

/** @throws {RangeError} naming everything that could not be deployed. */
export function checkOptions(options: FunctionOptions): void {
  const { name, handler, timeoutSeconds, environment } = options;
  const problems = environmentProblems(environment);
  if (!FUNCTION_NAME.test(name)) problems.push(`${name} is not a function name`);
  if (!HANDLER.test(handler)) problems.push('handler must look like index.handler');
  else if (!existsSync(entryFile(options))) problems.push(`${entryFile(options)} does not exist`);
  if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
    problems.push(`timeoutSeconds must be above 0, and at most ${MAX_TIMEOUT_SECONDS}`);
  }
  if (!isWholeFrom(0, options.reservedConcurrency ?? 0)) {
    problems.push('reservedConcurrency must be a whole number from 0');
  }
  const { maxAsyncRetryAttempts = 0, maxAsyncEventAgeInSeconds = 1 } = options;
  if (!isWholeFrom(0, maxAsyncRetryAttempts) || maxAsyncRetryAttempts > MAX_RETRY_ATTEMPTS) {
    problems.push(`maxAsyncRetryAttempts must be a whole number from 0 to ${MAX_RETRY_ATTEMPTS}`);
  }
  if (!isWholeFrom(1, maxAsyncEventAgeInSeconds)) {
    problems.push('maxAsyncEventAgeInSeconds must be a whole number from 1');
  }
  if (problems.length > 0) throw new RangeError(`Invalid function:\n- ${problems.join('\n- ')}`);
}

function entryFile({ codeDir, handler }: FunctionOptions): string {
  return join(codeDir, `${handler.slice(0, handler.lastIndexOf('.'))}.js`);
}

/** Names only: values may be secrets. */
function environmentProblems(environment: FunctionOptions['environment']): string[] {
  const problems: string[] = [];
  let bytes = 0;
  for (const [name, value] of Object.entries(environment)) {
    if (!VARIABLE_NAME.test(name)) problems.push(`${name} is not a variable name`);
    if (name.startsWith(RESERVED_PREFIX)) problems.push(`${name}: FC_ is the platform's own`);
    if (typeof value !== 'string') problems.push(`${name} must be a string`);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(String(value));
  }
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    problems.push(`the environment has ${bytes} bytes, more than ${MAX_ENVIRONMENT_BYTES}`);
  }
  return problems;
}

function isWholeFrom(min: number, value: number): boolean {
  return Number.isInteger(value) && value >= min;
}
