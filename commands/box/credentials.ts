import { randomBytes } from 'node:crypto';
import type { AccessKey } from '../../local/tablestore/index.ts';
import type { Credentials } from '../../shared/ports/credentials.ts';
import { ownCredentials } from '../credentials.ts';

/** The keys of a box: those of its account, and those that open nothing but its own tables. */
export interface KeyRing {
  /** What Tablestore accepts, always as of now. */
  readonly accepted: AccessKey[];
  /** Of the account, for the watch function. */
  readonly own: Credentials;
  /** Of this run, for the view, which asks nothing but Tablestore. */
  readonly view: Credentials;
  /** Looks for the account's keys again: those of a role change. @throws {CredentialsError} */
  renew(): Promise<void>;
}

/** @throws {CredentialsError} when there are none, or they cannot be keys */
export async function openKeyRing(
  find: () => Promise<Credentials> = ownCredentials,
): Promise<KeyRing> {
  let own = await find();
  const view: Credentials = {
    accessKeyId: `box-${randomBytes(8).toString('hex')}`,
    accessKeySecret: randomBytes(24).toString('hex'),
  };
  const accepted: AccessKey[] = [own, view];
  return {
    accepted,
    view,
    get own() {
      return own;
    },
    async renew() {
      own = await find();
      accepted[0] = own;
    },
  };
}
