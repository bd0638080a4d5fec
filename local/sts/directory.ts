import type { Clock } from '../clock.ts';
import type { Caller } from '../ram/caller.ts';
import { seededRandom } from '../random.ts';
import type { AccessKey } from '../signature/access-key.ts';

/** A role that STS gives out keys of. */
export interface Role {
  /** `acs:ram::ACCOUNT:role/NAME`. */
  readonly arn: string;
  /** What its trust policy asks for as `sts:ExternalId`. */
  readonly externalId?: string;
  /** Its whole trust policy. Default: every caller that names the external id is trusted. */
  trusts?(caller: Caller, externalId: string | undefined): boolean;
  /** Default 3,600. */
  readonly maxSessionSeconds?: number;
}

/** Temporary keys that were given out for a role. */
export interface Session {
  readonly key: AccessKey;
  readonly accountId: string;
  readonly role: Role;
  readonly endMs: number;
}

/** The roles that may be assumed, and the keys that were given out for them. */
export interface Directory {
  role(arn: string): Role | undefined;
  /** Adds the role, or changes what it asks for. Keys that were given out stay good. */
  putRole(role: Role): void;
  /** Its keys are refused from then on. */
  removeRole(arn: string): void;
  issue(role: Role, seconds: number): Session;
  /** By the id of its key; undefined for one that was never given out, or whose role is gone. */
  session(accessKeyId: string): Session | undefined;
}

export function createDirectory(roles: readonly Role[], seed: number, clock: Clock): Directory {
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const sessions = new Map<string, Session>();
  const random = seededRandom(seed);
  const text = (length: number): string =>
    Array.from({ length }, () => random.below(36).toString(36)).join('');

  return {
    role: (arn) => byArn.get(arn),
    putRole(role) {
      byArn.set(role.arn, role);
    },
    removeRole(arn) {
      byArn.delete(arn);
      for (const [id, { role }] of sessions) if (role.arn === arn) sessions.delete(id);
    },
    issue(role, seconds) {
      const session = {
        key: {
          accessKeyId: `STS.${text(24)}`,
          accessKeySecret: text(40),
          securityToken: text(120),
        },
        accountId: accountIdOf(role.arn),
        role,
        endMs: clock.now() + seconds * 1000,
      };
      sessions.set(session.key.accessKeyId, session);
      return session;
    },
    session: (accessKeyId) => sessions.get(accessKeyId),
  };
}

/** `1234567890123456` of `acs:ram::1234567890123456:role/NAME`. */
export function accountIdOf(roleArn: string): string {
  return roleArn.split(':')[3] ?? '';
}
