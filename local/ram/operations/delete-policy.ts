import type { ApiOperation } from '../../api/operation.ts';
import { flag } from '../../ecs/parameters.ts';
import type { Account } from '../account.ts';
import { policyHasVersions, policyIsAttached } from '../errors.ts';
import { policyIn, ramResource } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-deletepolicy
export const deletePolicy = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'policy'),
  perform({ parameters }) {
    const { name, versions } = policyIn(parameters, account);
    const isAttached = account.attachments.some((one) => one.policy === name);
    if (isAttached) throw policyIsAttached();
    if (versions.length > 1 && !flag(parameters, 'CascadingDelete')) throw policyHasVersions();
    account.deletePolicy(name);
    return {};
  },
});
