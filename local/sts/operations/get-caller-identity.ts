import type { ApiOperation } from '../../api/operation.ts';

// https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-getcalleridentity
export const getCallerIdentity: ApiOperation = {
  isOpen: true,
  perform(_call, { accountId, principal, kind }) {
    const [, name = ''] = principal.split('/');
    const id = `2${accountId}`;
    return kind === 'RAMUser'
      ? { AccountId: accountId, Arn: principal, IdentityType: kind, PrincipalId: id, UserId: id }
      : {
          AccountId: accountId,
          Arn: principal.replace(':role/', ':assumed-role/').concat('/session'),
          IdentityType: kind,
          PrincipalId: `3${accountId}:${name}`,
          RoleId: `3${accountId}`,
        };
  },
};
