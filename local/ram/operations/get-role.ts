import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { describedRole } from '../described.ts';
import { ramResource, roleIn } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-getrole
export const getRole = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'role'),
  perform: ({ parameters }) => ({ Role: describedRole(roleIn(parameters, account)) }),
});
