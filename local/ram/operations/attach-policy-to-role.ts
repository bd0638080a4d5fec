import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { attachmentExists } from '../errors.ts';
import { policyIn, policyNameIn, policyTypeIn, ramResource, roleIn } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-attachpolicytorole
export const attachPolicyToRole = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'role'),
  perform({ parameters }) {
    const role = roleIn(parameters, account).name;
    const type = policyTypeIn(parameters);
    const policy =
      type === 'Custom' ? policyIn(parameters, account).name : policyNameIn(parameters);
    const isThere = account.attachments.some(
      (one) => one.role === role && one.policy === policy && one.type === type,
    );
    if (isThere) throw attachmentExists();
    account.attach({ role, policy, type, atMs: account.clock.now() });
    return {};
  },
});
