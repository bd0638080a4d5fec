import { ConfigError } from '../shared/config/environment.ts';

/** What is wrong with several parts of a configuration, so that one error can name all of it. */
export interface ConfigProblems {
  /** Grows with each part that was read. */
  readonly problems: string[];
  /** What was read; undefined where it is wrong. @throws anything that is no ConfigError */
  collect<T>(read: () => T): T | undefined;
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
