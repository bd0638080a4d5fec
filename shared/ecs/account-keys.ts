import type { Accounts } from '../ports/accounts.ts';
import type { Credentials } from '../ports/credentials.ts';
import { InventoryError } from '../ports/inventory.ts';
import type { Role } from '../ports/role.ts';
import { type Asking, assumeRole, SESSION_SECONDS } from './assume-role.ts';
import type { Sessions } from './sessions.ts';

/** The keys that requests to each account are signed with, for one tick. */
export interface AccountKeys extends Accounts {
  /** @throws {InventoryError} when the account cannot be entered */
  keysOf(account: string, deadlineMs: number): Promise<Credentials>;
  /** Keys instead of those that ECS does not take any more; undefined: there can be no others. */
  renewed(
    account: string,
    refused: Credentials,
    deadlineMs: number,
  ): Promise<Credentials | undefined>;
}

export interface AccountKeysOptions extends Asking {
  /** Alias of an account → its role. All others have the watcher's own keys. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly sessions: Sessions;
}

/** New keys are asked for so long before the old ones end: longer than a tick takes. */
export const RENEWAL_MARGIN_MS = 5 * 60_000;

export function accountKeys({ roles, sessions, ...asking }: AccountKeysOptions): AccountKeys {
  const { own, runtime } = asking;
  const states = new Map<string, InventoryError | null>();
  const renewals = new Map<string, Promise<Credentials>>();
  /** STS is not asked again in this tick: it did not answer, and the old keys still do. */
  const bridged = new Set<string>();
  const refusedOnce = new Set<string>();

  async function keysOf(account: string, deadlineMs: number): Promise<Credentials> {
    const role = roles.get(account);
    if (role === undefined) return own;
    const session = sessions.get(account);
    const leftMs = (session?.endMs ?? 0) - runtime.now();
    if (
      session !== undefined &&
      (leftMs > RENEWAL_MARGIN_MS || (leftMs > 0 && bridged.has(account)))
    ) {
      if (!states.has(account)) states.set(account, null);
      return session.credentials;
    }
    try {
      return await renew(account, role, deadlineMs);
    } catch (error) {
      if (session === undefined || leftMs <= 0 || isRefusal(error)) throw error;
      bridged.add(account);
      states.set(account, null);
      return session.credentials;
    }
  }

  /** One renewal at a time: whatever needs the keys waits for the same one. */
  function renew(account: string, role: Role, deadlineMs: number): Promise<Credentials> {
    const known = states.get(account);
    // A refusal does not pass within a tick, and every region of the account would ask.
    if (isRefusal(known)) return Promise.reject(known);
    const underWay = renewals.get(account) ?? begin(account, role, deadlineMs);
    renewals.set(account, underWay);
    return underWay;
  }

  async function begin(account: string, role: Role, deadlineMs: number): Promise<Credentials> {
    // By our own clock, a wrong one included: the time of expiration that STS names is by another.
    const endMs = runtime.now() + SESSION_SECONDS * 1000;
    try {
      const credentials = await assumeRole(role, asking, deadlineMs);
      sessions.set(account, { credentials, endMs });
      states.set(account, null);
      return credentials;
    } catch (error) {
      if (error instanceof InventoryError) states.set(account, error);
      throw error;
    } finally {
      renewals.delete(account);
    }
  }

  return {
    keysOf,
    async renewed(account, refused, deadlineMs) {
      if (!roles.has(account)) return undefined;
      if (sessions.get(account)?.credentials === refused) {
        if (refusedOnce.has(account)) return undefined;
        refusedOnce.add(account);
        sessions.drop(account);
      }
      return keysOf(account, deadlineMs);
    },
    states: () => states,
  };
}

function isRefusal(error: unknown): error is InventoryError {
  return error instanceof InventoryError && error.kind === 'refused';
}
