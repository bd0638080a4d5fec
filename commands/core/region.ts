import type { Environment } from '../../shared/config/environment.ts';

/** As in s.yaml. */
export const DEFAULT_FUNCTIONS_REGION = 'cn-hangzhou';

/** Where the functions run, for those who do not judge the variable. */
export function functionsRegionIn({ DEPLOY_REGION }: Environment): string {
  return DEPLOY_REGION || DEFAULT_FUNCTIONS_REGION;
}
