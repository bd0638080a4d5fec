import type { Platform } from '../options.ts';
import type { DeployedFunctions } from './deployed.ts';
import { invalidArgument } from './errors.ts';

/** A call of one operation, after its signature was verified. */
export interface OperationCall {
  /** The function, and what else its path names. */
  readonly name: string;
  readonly other: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly deployed: DeployedFunctions;
  readonly platform: Platform;
}

/** An operation of the API; null is an answer without a body. @throws {ApiError} a refusal */
export interface Operation {
  readonly method: string;
  readonly path: RegExp;
  run(call: OperationCall): Promise<object | null>;
}

/** A body with these texts. @throws {ApiError} naming the first that is missing */
export function withTexts<T extends object>(
  body: OperationCall['body'],
  names: readonly (keyof T & string)[],
): T {
  const missing = names.find((name) => typeof body[name] !== 'string' || body[name] === '');
  if (missing !== undefined) throw invalidArgument(`${missing} is required but not provided`);
  return body as T;
}
