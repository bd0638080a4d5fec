import type { Environment } from '../../shared/config/environment.ts';
import type { Redact } from '../../shared/lib/secrets.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { ControlError } from '../setup/refusal.ts';
import { functionCompute } from './function-compute.ts';
import { findFunctions } from './own-functions.ts';
import { isWithoutFunctions, readPlaceSettings } from './settings.ts';

/**
 * The functions of an environment that are deployed, or why that could not be seen. None on a local
 * cloud without functions. @throws {ConfigError}
 */
export async function deployedFunctions(
  environment: Environment,
  credentials: Credentials,
  redact: Redact,
): Promise<readonly string[] | ControlError> {
  const place = readPlaceSettings(environment);
  if (isWithoutFunctions(place)) return [];
  const { name, region, endpoint } = place;
  const compute = functionCompute({ credentials, region, endpoint, redact });
  try {
    const found = await findFunctions(compute, name);
    return found.flatMap((each) => (each.deployed === null || each.isForeign ? [] : [each.name]));
  } catch (error) {
    if (error instanceof ControlError) return error;
    throw error;
  }
}
