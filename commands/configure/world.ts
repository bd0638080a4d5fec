import type { Environment } from '../../shared/config/environment.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import type { World } from '../setup/world.ts';

export interface ConfigureFlags {
  /** Values by name; null removes the variable. Nothing is asked of these. */
  readonly values: ReadonlyMap<string, string | null>;
  /** No question at all. */
  readonly isQuiet: boolean;
  /** No test message into the channels. */
  readonly sendsNothing: boolean;
  /** For one box, which has its own store and no functions in the cloud. */
  readonly isForBox: boolean;
}

/** What the command works on. */
export interface ConfigureWorld extends World {
  /** The path of `.env`. */
  readonly path: string;
  /** Credentials with these variables in place of those of the shell. @throws {CredentialsError} */
  credentialsIn(environment: Environment): Promise<Credentials>;
}
