import { type Redact, redactor } from '../lib/secrets.ts';
import type { Credentials } from '../ports/credentials.ts';

/** Temporary keys of an account's role. */
export interface Session {
  readonly credentials: Credentials;
  /** From then on they are refused, by this machine's clock. */
  readonly endMs: number;
}

/** What a warm function keeps of the accounts: alias → session. */
export interface Sessions {
  get(account: string): Session | undefined;
  set(account: string, session: Session): void;
  /** They are refused before their end. */
  drop(account: string): void;
  /** Takes the keys out of a text, also those that were replaced last: requests may still echo them. */
  readonly redact: Redact;
}

export function newSessions(): Sessions {
  const current = new Map<string, Session>();
  const issued = new Map<string, readonly Credentials[]>();
  let redact: Redact = (text) => text;
  return {
    get: (account) => current.get(account),
    set(account, session) {
      current.set(account, session);
      const [last] = issued.get(account) ?? [];
      issued.set(account, [session.credentials, ...(last === undefined ? [] : [last])]);
      redact = redactor([...issued.values()].flat().flatMap((keys) => Object.values(keys)));
    },
    drop(account) {
      current.delete(account);
    },
    redact: (text) => redact(text),
  };
}
