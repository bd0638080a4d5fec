import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { describedPolicy, describedVersion } from '../described.ts';
import { policyNotFound } from '../errors.ts';
import { policyIn, policyTypeIn, ramResource } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-getpolicy
export const getPolicy = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'policy'),
  perform({ parameters }) {
    if (policyTypeIn(parameters) === 'System') throw policyNotFound();
    const policy = policyIn(parameters, account);
    const current = policy.versions.find(({ id }) => id === policy.defaultVersion);
    const attached = account.attachments.filter((one) => one.policy === policy.name);
    return {
      Policy: describedPolicy(policy, attached.length),
      ...(current && { DefaultPolicyVersion: describedVersion(current, policy) }),
    };
  },
});
