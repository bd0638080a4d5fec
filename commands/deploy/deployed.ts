import type { Environment } from '../../shared/config/environment.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { isLoopback } from '../core/loopback.ts';
import { ControlError } from '../setup/refusal.ts';
import { isOfEcsWatch } from './core/difference.ts';
import { RESOURCES } from './core/template.ts';
import { functionCompute } from './function-compute.ts';
import { readPlaceSettings } from './settings.ts';

/**
 * The functions of an environment that are deployed, or why that could not be seen. None on a local
 * cloud without functions. @throws {ConfigError}
 */
export async function deployedFunctions(
  environment: Environment,
  credentials: Credentials,
  redact: Redact,
): Promise<readonly string[] | ControlError> {
  const { name, region, endpoint, stsEndpoint } = readPlaceSettings(environment);
  if (endpoint === undefined && stsEndpoint !== undefined && isLoopback(stsEndpoint)) return [];
  const compute = functionCompute({ credentials, region, endpoint, redact });
  const names = RESOURCES.map((resource) => `${name}-${resource}`);
  try {
    const found = await Promise.all(names.map((each) => compute.find(each)));
    return names.filter((_, place) => {
      const there = found[place];
      return there !== null && there !== undefined && isOfEcsWatch(there);
    });
  } catch (error) {
    if (error instanceof ControlError) return error;
    throw error;
  }
}
