import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import type { WatchFile } from '../../shared/config/watch-file.ts';
import { configProblems } from '../config-problems.ts';
import { readWatchFile } from './read.ts';

/** The configuration of an environment, and the file that it names. */
export interface Loaded<T> {
  readonly config: T;
  readonly file: WatchFile | undefined;
}

/**
 * Reads the file and the variables, as the functions have them.
 * @throws {ConfigError} naming every problem of both
 */
export function loadConfig<T>(
  environment: Environment,
  parse: (environment: Environment, file?: WatchFile) => T,
): Loaded<T> {
  const { problems, collect } = configProblems();
  const file = collect(() => readWatchFile(environment, environment));
  // The regions may be in a file that cannot be used: they are not missing.
  const variables =
    problems.length === 0
      ? environment
      : {
          ...environment,
          WATCH_CONFIG: '',
          WATCH_REGIONS: environment.WATCH_REGIONS || ANY_REGION,
        };
  const config = collect(() => parse(variables, file));
  if (config === undefined || problems.length > 0) throw new ConfigError(problems);
  return { config, file };
}

const ANY_REGION = 'cn-hangzhou';
