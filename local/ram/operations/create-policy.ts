import type { ApiOperation } from '../../api/operation.ts';
import type { Account } from '../account.ts';
import { describedPolicy } from '../described.ts';
import { policyExists } from '../errors.ts';
import { descriptionIn, documentIn, policyNameIn, ramResource } from '../parameters.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createpolicy
export const createPolicy = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'policy'),
  perform({ parameters }) {
    const name = policyNameIn(parameters);
    const content = documentIn(parameters, 'PolicyDocument');
    const description = descriptionIn(parameters) ?? '';
    if (account.policy(name) !== undefined) throw policyExists();
    const createdMs = account.clock.now();
    const policy = {
      name,
      description,
      versions: [{ ...content, id: 'v1', createdMs }],
      defaultVersion: 'v1',
      createdMs,
      updatedMs: createdMs,
    };
    account.putPolicy(policy);
    return { Policy: describedPolicy(policy, 0) };
  },
});
