import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { attachmentNotFound } from '../errors.ts';
import { policyNameIn, policyTypeIn, ramResource, roleIn } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-detachpolicyfromrole
export const detachPolicyFromRole = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'role'),
  perform({ parameters }) {
    const role = roleIn(parameters, account).name;
    const policy = policyNameIn(parameters);
    const type = policyTypeIn(parameters);
    const isThere = account.attachments.some(
      (one) => one.role === role && one.policy === policy && one.type === type,
    );
    if (!isThere) throw attachmentNotFound();
    account.detach({ role, policy, type });
    return {};
  },
});
