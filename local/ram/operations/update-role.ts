import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { describedRole } from '../described.ts';
import { descriptionIn, documentIn, ramResource, roleIn } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-updaterole
export const updateRole = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'role'),
  perform({ parameters }) {
    const role = roleIn(parameters, account);
    const description = descriptionIn(parameters, 'NewDescription');
    const trust = parameters.has('NewAssumeRolePolicyDocument')
      ? documentIn(parameters, 'NewAssumeRolePolicyDocument')
      : undefined;
    const updated = account.putRole({
      ...role,
      ...(description !== undefined && { description }),
      ...(trust && { trustText: trust.text, trust: trust.document }),
      updatedMs: account.clock.now(),
    });
    return { Role: describedRole(updated) };
  },
});
