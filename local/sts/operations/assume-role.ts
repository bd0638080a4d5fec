import type { ApiOperation } from '../../api/operation.ts';
import { integer, requiredParameter } from '../../ecs/parameters.ts';
import { accountIdOf, type Directory } from '../directory.ts';
import { durationOutOfRange, noPermission, roleNotFound, wronglyFormed } from '../errors.ts';

const MIN_SECONDS = 900;
const DEFAULT_SECONDS = 3_600;

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
export const assumeRole = (directory: Directory): ApiOperation => ({
  resource: ({ parameters }) => parameters.get('RoleArn') ?? '',
  perform({ parameters }, caller) {
    const arn = requiredParameter(parameters, 'RoleArn');
    const name = requiredParameter(parameters, 'RoleSessionName');
    if (!/^acs:ram::\d+:role\/[\w.-]{1,64}$/.test(arn)) throw wronglyFormed('RoleArn');
    if (!/^[\w.@-]{2,64}$/.test(name)) throw wronglyFormed('RoleSessionName');
    const role = directory.role(arn);
    if (role === undefined) throw roleNotFound();
    const seconds = integer(parameters, 'DurationSeconds') ?? DEFAULT_SECONDS;
    const maxSeconds = role.maxSessionSeconds ?? DEFAULT_SECONDS;
    if (seconds < MIN_SECONDS || seconds > maxSeconds) throw durationOutOfRange();
    const externalId = parameters.get('ExternalId');
    const isTrusted =
      role.trusts?.(caller, externalId) ??
      (role.externalId === undefined || externalId === role.externalId);
    if (!isTrusted) throw noPermission();
    const { key, endMs } = directory.issue(role, seconds);
    return {
      AssumedRoleUser: {
        AssumedRoleId: `3${accountIdOf(arn)}:${name}`,
        Arn: `${arn}/${name}`,
      },
      Credentials: {
        AccessKeyId: key.accessKeyId,
        AccessKeySecret: key.accessKeySecret,
        SecurityToken: key.securityToken,
        Expiration: new Date(endMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      },
    };
  },
});
