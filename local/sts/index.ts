import type { ApiService } from '../api/operation.ts';
import type { Directory } from './directory.ts';
import { noPermission } from './errors.ts';
import { assumeRole } from './operations/assume-role.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';

/** STS, as far as the product uses it. */
export function stsService(directory: Directory): ApiService {
  return {
    product: 'Sts',
    version: '2015-04-01',
    prefix: 'sts',
    refusal: noPermission,
    operations: { AssumeRole: assumeRole(directory), GetCallerIdentity: getCallerIdentity },
  };
}
