import { ConfigError } from '../../shared/config/environment.ts';
import { cleanText } from '../../shared/core/text.ts';
import { type DeployedFunction, isOfEcsWatch } from './core/difference.ts';
import { RESOURCES, type Resource } from './core/template.ts';
import type { FunctionCompute } from './function-compute.ts';

/** What has the name of a function of an environment. */
export interface FoundFunction {
  readonly resource: Resource;
  readonly name: string;
  /** Null: there is none. */
  readonly deployed: DeployedFunction | null;
  /** It is of something else, and not for ecs-watch to replace or remove. */
  readonly isForeign: boolean;
}

/** @throws {ControlError} */
export async function findFunctions(
  compute: Pick<FunctionCompute, 'find'>,
  environmentName: string,
): Promise<readonly FoundFunction[]> {
  return Promise.all(
    RESOURCES.map(async (resource) => {
      const name = `${environmentName}-${resource}`;
      const deployed = await compute.find(name);
      const isForeign = deployed !== null && !isOfEcsWatch(deployed);
      return { resource, name, deployed, isForeign };
    }),
  );
}

/** The same. @throws {ConfigError} naming those of something else @throws {ControlError} */
export async function ownFunctions(
  compute: Pick<FunctionCompute, 'find'>,
  environmentName: string,
): Promise<readonly FoundFunction[]> {
  const found = await findFunctions(compute, environmentName);
  const problems = found.filter(({ isForeign }) => isForeign).map(foreignWords);
  if (problems.length > 0) throw new ConfigError(problems);
  return found;
}

const SHOWN_LETTERS = 100;

function foreignWords({ name, deployed }: FoundFunction): string {
  const description = cleanText(String(deployed?.settings.description ?? ''), SHOWN_LETTERS);
  return (
    `ECS_WATCH_NAME leads to the function ${name}, which is of something else ` +
    `(${description === '' ? 'it has no description' : `its description: ${description}`}): ` +
    'choose another name for this environment, or remove that function in the Function Compute console'
  );
}
