import type { Clock } from '../clock.ts';
import type { Directory } from '../sts/directory.ts';
import type { Caller } from './caller.ts';
import { isAllowed, type PolicyDocument } from './policy.ts';
import { trusts } from './trust.ts';

export interface RamRole {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  /** The trust policy as it was sent, and what it says. */
  readonly trustText: string;
  readonly trust: PolicyDocument;
  readonly maxSessionSeconds: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface PolicyVersion {
  readonly id: string;
  readonly text: string;
  readonly document: PolicyDocument;
  readonly createdMs: number;
}

export interface RamPolicy {
  readonly name: string;
  readonly description: string;
  /** The oldest first. */
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersion: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export type PolicyType = 'Custom' | 'System';

export interface Attachment {
  readonly role: string;
  readonly policy: string;
  readonly type: PolicyType;
  readonly atMs: number;
}

/** The roles and policies of an account, which decide what its keys may do. */
export interface Account {
  readonly id: string;
  readonly clock: Clock;
  role(name: string): RamRole | undefined;
  /** Adds or replaces the role. */
  putRole(role: Omit<RamRole, 'arn' | 'id'>): RamRole;
  deleteRole(name: string): void;
  policy(name: string): RamPolicy | undefined;
  putPolicy(policy: RamPolicy): void;
  deletePolicy(name: string): void;
  readonly attachments: readonly Attachment[];
  attach(attachment: Attachment): void;
  detach(attachment: Pick<Attachment, 'role' | 'policy' | 'type'>): void;
  callerOf(accessKeyId: string): Caller;
  /** Whether the policies of a key allow it. Keys of roles of other accounts are not judged here. */
  may(accessKeyId: string, action: string, resource: string): boolean;
  /** The policy of the account's own permanent key; undefined, the default: it may do everything. */
  userPolicy: PolicyDocument | undefined;
}

export const USER_NAME = 'operator';

/** @param directory gets the roles, so that STS gives out their keys */
export function createAccount(
  id: string,
  { directory, clock }: { readonly directory: Directory; readonly clock: Clock },
): Account {
  const roles = new Map<string, RamRole>();
  const policies = new Map<string, RamPolicy>();
  let attachments: readonly Attachment[] = [];
  let nextId = 300_000_000_000_001;

  const documentsOf = (roleName: string): readonly PolicyDocument[] =>
    attachments.flatMap(({ role, policy, type }) => {
      if (role !== roleName || type !== 'Custom') return [];
      const { versions = [], defaultVersion } = policies.get(policy) ?? {};
      return versions
        .filter((version) => version.id === defaultVersion)
        .map(({ document }) => document);
    });

  const isSame = (one: Attachment, other: Pick<Attachment, 'role' | 'policy' | 'type'>): boolean =>
    one.role === other.role && one.policy === other.policy && one.type === other.type;

  const account: Account = {
    id,
    clock,
    userPolicy: undefined,
    role: (name) => roles.get(name.toLowerCase()),
    putRole(changed) {
      const key = changed.name.toLowerCase();
      const role: RamRole = {
        ...changed,
        id: roles.get(key)?.id ?? String(nextId++),
        // Source: Serverless Devs, component fc3, which completes a role's name so.
        arn: `acs:ram::${id}:role/${key}`,
      };
      roles.set(key, role);
      directory.putRole({
        arn: role.arn,
        maxSessionSeconds: role.maxSessionSeconds,
        trusts: (caller, externalId) => trusts(role.trust, caller, externalId, clock.now()),
      });
      return role;
    },
    deleteRole(name) {
      const role = account.role(name);
      roles.delete(name.toLowerCase());
      if (role !== undefined) directory.removeRole(role.arn);
    },
    policy: (name) => policies.get(name),
    putPolicy(policy) {
      policies.set(policy.name, policy);
    },
    deletePolicy(name) {
      policies.delete(name);
    },
    get attachments() {
      return attachments;
    },
    attach(attachment) {
      attachments = [...attachments, attachment];
    },
    detach(attachment) {
      attachments = attachments.filter((one) => !isSame(one, attachment));
    },
    callerOf(accessKeyId) {
      const session = directory.session(accessKeyId);
      return session === undefined
        ? { accountId: id, principal: `acs:ram::${id}:user/${USER_NAME}`, kind: 'RAMUser' }
        : { accountId: session.accountId, principal: session.role.arn, kind: 'AssumedRoleUser' };
    },
    may(accessKeyId, action, resource) {
      const session = directory.session(accessKeyId);
      if (session !== undefined) {
        const [, name = ''] = session.role.arn.split('role/');
        return session.accountId !== id || isAllowed(documentsOf(name), action, resource);
      }
      const { userPolicy } = account;
      return userPolicy === undefined || isAllowed([userPolicy], action, resource);
    },
  };
  return account;
}
