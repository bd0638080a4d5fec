import type { VariableReader } from '../shared/config/reader.ts';
import { regionProblem } from '../shared/config/targets.ts';
import { shape } from '../shared/lib/shape.ts';
import { DEFAULT_FUNCTIONS_REGION } from './core/region.ts';

const REGION = shape(/^[a-z]{2,}-[a-z0-9-]{2,40}$/u, 'a region id such as cn-hangzhou');

/** Where the functions run. */
export function configuredFunctionsRegion(read: VariableReader): string {
  const region = read.text('DEPLOY_REGION', REGION);
  const problem = region !== undefined && REGION.allows(region) ? regionProblem(region) : undefined;
  if (problem !== undefined) read.refuse('DEPLOY_REGION', problem);
  return region ?? DEFAULT_FUNCTIONS_REGION;
}
