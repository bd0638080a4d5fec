import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { ConfigError } from '../../shared/config/environment.ts';
import { CredentialsError } from '../../shared/fc/credentials.ts';
import { SYSTEM_RUNTIME } from '../../shared/lib/runtime.ts';
import { UsageError } from '../command-line.ts';
import { explained } from '../config-problems.ts';
import { ownCredentials } from '../credentials.ts';
import { ControlError } from './refusal.ts';
import type { World } from './world.ts';

/** Ctrl-C, and ends that are asked for. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** This machine, its environment and its terminal. */
export function systemWorld(): World {
  return {
    environment: process.env,
    findCredentials: ownCredentials,
    runtime: SYSTEM_RUNTIME,
    randomHex: (digits) => randomBytes(digits / 2).toString('hex'),
    print: (line) => console.log(line),
    async uninterrupted(notice, work) {
      const interruption = new AbortController();
      const seen = new Set<NodeJS.Signals>();
      const note = (signal: NodeJS.Signals): void => {
        if (seen.size === 0) console.error(notice);
        seen.add(signal);
        interruption.abort();
      };
      for (const signal of SIGNALS) process.on(signal, note);
      try {
        return await work(interruption.signal);
      } finally {
        for (const signal of SIGNALS) process.off(signal, note);
        for (const signal of seen) process.kill(process.pid, signal);
      }
    },
    async ask(question, isHidden = false) {
      if (!process.stdin.isTTY) return undefined;
      return askOn(process.stdin, process.stderr, question, isHidden);
    },
  };
}

/** Asks on a terminal. What is typed is shown, unless it `isHidden`. @throws {UsageError} without an answer */
export async function askOn(
  input: NodeJS.ReadableStream,
  screen: Pick<NodeJS.WritableStream, 'write'>,
  question: string,
  isHidden: boolean,
): Promise<string> {
  let isShown = true;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (isShown) screen.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input, output, terminal: true, historySize: 0 });
  try {
    // Ctrl-C and Ctrl-D close it, and the question would wait for ever.
    const ended = new Promise<never>((_, reject) => {
      terminal.once('close', () =>
        reject(new UsageError('No answer was given: nothing was changed.')),
      );
    });
    const answer = terminal.question(question);
    isShown = !isHidden;
    return await Promise.race([answer, ended]);
  } finally {
    // The line end was hidden with the rest.
    if (isHidden) screen.write('\n');
    terminal.close();
  }
}

/** Exit code 2: the command line or the configuration is wrong; 1: the account could not be asked. */
export function codeAfter(error: unknown): number {
  const isOfUser = [UsageError, ConfigError, CredentialsError].some(
    (kind) => error instanceof kind,
  );
  if (!isOfUser && !(error instanceof ControlError)) throw error;
  console.error(explained(error as Error));
  return isOfUser ? 2 : 1;
}
