import type { ApiService } from '../api/operation.ts';
import type { Account } from './account.ts';
import { noPermission } from './errors.ts';
import { attachPolicyToRole } from './operations/attach-policy-to-role.ts';
import { createPolicy } from './operations/create-policy.ts';
import { createPolicyVersion } from './operations/create-policy-version.ts';
import { createRole } from './operations/create-role.ts';
import { deletePolicy } from './operations/delete-policy.ts';
import { deleteRole } from './operations/delete-role.ts';
import { detachPolicyFromRole } from './operations/detach-policy-from-role.ts';
import { getPolicy } from './operations/get-policy.ts';
import { getRole } from './operations/get-role.ts';
import { listPoliciesForRole } from './operations/list-policies-for-role.ts';
import { updateRole } from './operations/update-role.ts';

/** RAM, as far as `npm run setup` and its opposite use it. */
export function ramService(account: Account): ApiService {
  return {
    product: 'Ram',
    version: '2015-05-01',
    prefix: 'ram',
    refusal: noPermission,
    operations: {
      GetRole: getRole(account),
      CreateRole: createRole(account),
      UpdateRole: updateRole(account),
      DeleteRole: deleteRole(account),
      GetPolicy: getPolicy(account),
      CreatePolicy: createPolicy(account),
      CreatePolicyVersion: createPolicyVersion(account),
      DeletePolicy: deletePolicy(account),
      AttachPolicyToRole: attachPolicyToRole(account),
      DetachPolicyFromRole: detachPolicyFromRole(account),
      ListPoliciesForRole: listPoliciesForRole(account),
    },
  };
}
