import { ConfigError, type Environment } from '../../shared/config/environment.ts';
import { variablesIn } from '../../shared/config/file-values.ts';
import { variableReader } from '../../shared/config/reader.ts';
import { SEAL_KEY, seal } from '../../shared/config/sealed.ts';
import { optionalTargets } from '../../shared/config/targets.ts';
import { refuseUnwatched } from '../../shared/config/view-names.ts';
import type { WatchFile } from '../../shared/config/watch-file.ts';
import type { Target } from '../../shared/core/target.ts';
import { type DeployedVariables, deploymentProblems } from './deployed.ts';
import { readWatchFile } from './read.ts';

/** A file that is ready to be embedded. */
export interface Prepared {
  readonly file: WatchFile | undefined;
  /** Variables that the watch function needs for it; none, where their values are sealed. */
  readonly variables: readonly string[];
}

/**
 * The file that WATCH_CONFIG names, with the values that it refers to, encrypted, if there is a key.
 * @throws {ConfigError} naming every problem of the file, of the variables and of the deployment
 */
export function prepareFile(environment: Environment, deployed: DeployedVariables): Prepared {
  const file = readWatchFile(environment, environment);
  const read = variableReader(environment);
  const key = read.text('WATCH_CONFIG_KEY', SEAL_KEY);
  const names = variablesIn(file);
  for (const name of names) {
    if (read.text(name) === undefined) read.refuseMissing(name, 'WATCH_CONFIG refers to it');
  }
  // The same shell deploys the view.
  refuseUnwatched(read, targetsOf(environment, file));
  read.finish();
  const variables = key === undefined ? names : [];
  const problems = deploymentProblems(variables, deployed, environment);
  if (problems.length > 0) throw new ConfigError(problems);
  if (file === undefined || key === undefined || names.length === 0) return { file, variables };
  const values = Object.fromEntries(names.map((name) => [name, read.text(name) ?? '']));
  return { file: { ...file, sealed: seal(values, key) }, variables };
}

/** What is wrong with these variables is said by the commands that use them. */
function targetsOf(environment: Environment, file: WatchFile | undefined): readonly Target[] {
  return optionalTargets(variableReader(environment), file);
}
