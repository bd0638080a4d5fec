import type { ApiOperation } from '../../api/operation.ts';
import { choice, flag } from '../../ecs/parameters.ts';
import type { Account, RamPolicy } from '../account.ts';
import { describedVersion } from '../described.ts';
import { tooManyVersions } from '../errors.ts';
import { documentIn, policyIn, ramResource } from '../parameters.ts';

/** Source: RAM "Error messages", LimitExceeded.Policy.Version. */
const MAX_VERSIONS = 5;

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createpolicyversion
export const createPolicyVersion = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'policy'),
  perform({ parameters }) {
    const policy = policyIn(parameters, account);
    const content = documentIn(parameters, 'PolicyDocument');
    const rotation = choice(parameters, 'RotateStrategy', [
      'None',
      'DeleteOldestNonDefaultVersionWhenLimitExceeded',
    ]);
    const createdMs = account.clock.now();
    const version = { ...content, id: `v${lastNumber(policy) + 1}`, createdMs };
    const isDefault = flag(parameters, 'SetAsDefault');
    const isFull = policy.versions.length >= MAX_VERSIONS;
    if (isFull && rotation === 'None') throw tooManyVersions();
    const updated: RamPolicy = {
      ...policy,
      versions: [...(isFull ? withoutOldest(policy) : policy.versions), version],
      defaultVersion: isDefault ? version.id : policy.defaultVersion,
      updatedMs: createdMs,
    };
    account.putPolicy(updated);
    return { PolicyVersion: describedVersion(version, updated) };
  },
});

function lastNumber({ versions }: RamPolicy): number {
  return Math.max(...versions.map(({ id }) => Number(id.slice(1))));
}

function withoutOldest({ versions, defaultVersion }: RamPolicy): RamPolicy['versions'] {
  const oldest = versions.find(({ id }) => id !== defaultVersion);
  return versions.filter((version) => version !== oldest);
}
