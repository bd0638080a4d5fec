import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { ConfigError } from '../../shared/config/environment.ts';
import { CredentialsError, findCredentials } from '../../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { UsageError } from '../command-line.ts';
import { ControlError } from './refusal.ts';
import type { World } from './world.ts';

/** This machine, its environment and its terminal. */
export function systemWorld(): World {
  return {
    environment: process.env,
    findCredentials: () => findCredentials({}),
    runtime: SYSTEM_RUNTIME,
    randomHex: (digits) => randomBytes(digits / 2).toString('hex'),
    print: (line) => console.log(line),
    async ask(question) {
      if (!process.stdin.isTTY) return undefined;
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await terminal.question(question);
      } finally {
        terminal.close();
      }
    },
  };
}

/** Exit code 2: the command line or the configuration is wrong; 1: the account could not be asked. */
export function codeAfter(error: unknown): number {
  const isOfUser = [UsageError, ConfigError, CredentialsError].some(
    (kind) => error instanceof kind,
  );
  if (!isOfUser && !(error instanceof ControlError)) throw error;
  console.error((error as Error).message);
  return isOfUser ? 2 : 1;
}
