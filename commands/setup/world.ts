import type { Environment } from '../../shared/config/environment.ts';
import type { Runtime } from '../../shared/lib/runtime.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';

/** What setup and teardown need of the machine on which they run. */
export interface World {
  readonly environment: Environment;
  /** @throws {CredentialsError} */
  findCredentials(): Promise<Credentials>;
  readonly runtime: Runtime;
  /** So many random hexadecimal digits. */
  randomHex(digits: number): string;
  print(line: string): void;
  /**
   * Lets work come to its end where a signal would end the process, which it does afterwards. `notice` is
   * shown meanwhile; `interrupted` is aborted by the signal.
   */
  uninterrupted<T>(notice: string, work: (interrupted: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * The answer of the user; undefined where there is no terminal to ask on. `isHidden`: what is typed is
   * not shown. @throws {UsageError} when the user ends it without an answer
   */
  ask(question: string, isHidden?: boolean): Promise<string | undefined>;
}

export function printAll(lines: readonly string[], { print }: Pick<World, 'print'>): void {
  for (const line of lines) print(line);
}
