import type { ApiOperation } from '../../api/operation.ts';
import { integer } from '../../ecs/parameters.ts';
import type { Account } from '../account.ts';
import { describedRole } from '../described.ts';
import { roleExists, sessionOutOfRange } from '../errors.ts';
import { descriptionIn, documentIn, ramResource, roleNameIn } from '../parameters.ts';

/** Seconds. Source: model of @alicloud/ram20150501, CreateRoleRequest. */
const MIN_SESSION = 3_600;
const MAX_SESSION = 43_200;

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-createrole
export const createRole = (account: Account): ApiOperation => ({
  resource: ({ parameters }) => ramResource(parameters, account, 'role'),
  perform({ parameters }) {
    const name = roleNameIn(parameters);
    const { text, document } = documentIn(parameters, 'AssumeRolePolicyDocument');
    const maxSessionSeconds = integer(parameters, 'MaxSessionDuration') ?? MIN_SESSION;
    if (maxSessionSeconds < MIN_SESSION || maxSessionSeconds > MAX_SESSION) {
      throw sessionOutOfRange();
    }
    const description = descriptionIn(parameters) ?? '';
    if (account.role(name) !== undefined) throw roleExists();
    const nowMs = account.clock.now();
    const role = account.putRole({
      name,
      description,
      trustText: text,
      trust: document,
      maxSessionSeconds,
      createdMs: nowMs,
      updatedMs: nowMs,
    });
    return { Role: describedRole(role) };
  },
});
