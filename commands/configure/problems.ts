import type { Environment } from '../../shared/config/environment.ts';
import type { WatchConfig } from '../../shared/config/watch.ts';
import { configProblems } from '../config-problems.ts';
import { readDeploySettings } from '../deploy/settings.ts';
import { readSettings } from '../setup/settings.ts';

/** What deployments and setup would take from an environment, or refuse. */
export interface ReadAll {
  /** Undefined: it is wrong. */
  readonly watch: WatchConfig | undefined;
  readonly problems: readonly string[];
}

export function readAll(environment: Environment): ReadAll {
  const { problems, collect } = configProblems();
  collect(() => readSettings(environment, false));
  const named = new Set(problems.map(variableOf));
  const ofDeploy = configProblems();
  const settings = ofDeploy.collect(() => readDeploySettings(environment));
  // What setup says of a variable is at least as narrow.
  problems.push(...ofDeploy.problems.filter((problem) => !named.has(variableOf(problem))));
  return { watch: settings?.watch, problems: [...new Set(problems)] };
}

/** What is wrong with one variable. */
export function problemsOf(variable: string, environment: Environment): readonly string[] {
  return readAll(environment).problems.filter((problem) => variableOf(problem) === variable);
}

function variableOf(problem: string): string {
  return problem.split(' ', 1)[0] ?? '';
}
