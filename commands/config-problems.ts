import { ConfigError } from '../shared/config/environment.ts';

/** What is wrong with several parts of a configuration, so that one error can name all of it. */
export interface ConfigProblems {
  /** Grows with each part that was read. */
  readonly problems: string[];
  /** What was read; undefined where it is wrong. @throws anything that is no ConfigError */
  collect<T>(read: () => T): T | undefined;
}

/** Where the variables come from that a command has refused. */
const HOW_TO_CORRECT =
  'Variables are read from .env beside package.json, or from the file that ECS_WATCH_ENV_FILE names, and ' +
  'from the shell, which wins. npm run configure asks for them and stores them.';

/** What is said of an error of the user. `hint`: the last line where the configuration is wrong. */
export function explained(error: Error, hint: string = HOW_TO_CORRECT): string {
  return error instanceof ConfigError ? `${error.message}\n${hint}` : error.message;
}

export function configProblems(): ConfigProblems {
  const problems: string[] = [];
  return {
    problems,
    collect(read) {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(...error.problems);
        return undefined;
      }
    },
  };
}
