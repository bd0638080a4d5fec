import { isSameSecret } from '../lib/same-secret.ts';
import type { Access } from '../view/core/request.ts';

/** Which callers may read the view. */
export interface AccessPolicy {
  readonly token?: string;
  readonly isPublic: boolean;
}

/** What an `Authorization` header opens: a bearer token, or a Basic password of any user. */
export function accessOf(authorization: string, { token, isPublic }: AccessPolicy): Access {
  if (isPublic) return 'granted';
  if (token === undefined) return 'closed';
  const sent = secretIn(authorization);
  return sent !== undefined && isSameSecret(sent, token) ? 'granted' : 'refused';
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
