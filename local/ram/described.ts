import type { Body } from '../ecs/answer.ts';
import type { PolicyVersion, RamPolicy, RamRole } from './account.ts';

/** The descriptions that several operations answer with. */
export function describedRole(role: RamRole): Body {
  return {
    RoleId: role.id,
    RoleName: role.name,
    Arn: role.arn,
    Description: role.description,
    AssumeRolePolicyDocument: role.trustText,
    MaxSessionDuration: role.maxSessionSeconds,
    CreateDate: date(role.createdMs),
    UpdateDate: date(role.updatedMs),
  };
}

export function describedPolicy(policy: RamPolicy, attachmentCount: number): Body {
  return {
    PolicyName: policy.name,
    PolicyType: 'Custom',
    Description: policy.description,
    DefaultVersion: policy.defaultVersion,
    AttachmentCount: attachmentCount,
    CreateDate: date(policy.createdMs),
    UpdateDate: date(policy.updatedMs),
  };
}

export function describedVersion(version: PolicyVersion, { defaultVersion }: RamPolicy): Body {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === defaultVersion,
    PolicyDocument: version.text,
    CreateDate: date(version.createdMs),
  };
}

/** `2015-01-23T12:33:18Z`. */
export function date(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/u, 'Z');
}
