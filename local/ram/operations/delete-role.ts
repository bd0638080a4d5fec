import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { roleHasPolicies } from '../errors.ts';
import { ramResource, roleIn } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-deleterole
export const deleteRole = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'role'),
  perform({ parameters }) {
    const { name } = roleIn(parameters, account);
    if (account.attachments.some(({ role }) => role === name)) throw roleHasPolicies();
    account.deleteRole(name);
    return {};
  },
});
