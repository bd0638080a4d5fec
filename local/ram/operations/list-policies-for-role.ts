import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { date } from '../described.ts';
import { ramResource, roleIn } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-listpoliciesforrole
export const listPoliciesForRole = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'role'),
  perform({ parameters }) {
    const { name } = roleIn(parameters, account);
    const attached = account.attachments.filter(({ role }) => role === name);
    return {
      Policies: {
        Policy: attached.map(({ policy, type, atMs }) => ({
          PolicyName: policy,
          PolicyType: type,
          Description: account.policy(policy)?.description ?? '',
          DefaultVersion: account.policy(policy)?.defaultVersion ?? 'v1',
          AttachDate: date(atMs),
        })),
      },
    };
  },
});
