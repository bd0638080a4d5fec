import { isSameSecret } from '../lib/same-secret.ts';
import type { Access } from '../view/core/request.ts';

/** Which callers may read the view. */
export interface AccessPolicy {
  readonly tokens: readonly AccessToken[];
  readonly isPublic: boolean;
}

export interface AccessToken {
  /** For the log: which token has asked. */
  readonly name: string;
  readonly secret: string;
  readonly access: Access;
  readonly mayWriteNotes?: true;
}

/** A caller as its `Authorization` header shows it. */
export interface Caller {
  readonly access: Access;
  /** The name of its token, if it has sent one that is right. */
  readonly token?: string;
  /** Who writes its notes: the same name, if the token may write any. */
  readonly author?: string;
}

/** What an `Authorization` header opens: a bearer token, or a Basic password of any user. */
export function callerOf(authorization: string, { tokens, isPublic }: AccessPolicy): Caller {
  const sent = secretIn(authorization);
  const found = sent === undefined ? undefined : tokenIn(tokens, sent);
  // All may read a public view: what only a token gives is its name under a note.
  if (isPublic && found?.mayWriteNotes !== true) return { access: 'granted' };
  if (tokens.length === 0) return { access: 'closed' };
  if (found === undefined) return { access: 'refused' };
  const { access, name, mayWriteNotes } = found;
  return { access, token: name, ...(mayWriteNotes && { author: name }) };
}

/** Compares all tokens: the time taken reveals nothing of any of them. */
function tokenIn(tokens: readonly AccessToken[], sent: string): AccessToken | undefined {
  const [found] = tokens.filter(({ secret }) => isSameSecret(sent, secret));
  return found;
}

function secretIn(authorization: string): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(.*)$/u.exec(authorization.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic':
      // RFC 7617: everything after the first colon is the password.
      return /:(.*)$/su.exec(Buffer.from(credentials, 'base64').toString())?.[1];
    default:
      return undefined;
  }
}
