import { createHash, timingSafeEqual } from 'node:crypto';
import type { Access } from '../view/core/response.ts';

/** Who may read the view. */
export interface AccessPolicy {
  readonly token?: string;
  readonly isPublic: boolean;
}

/** What an `Authorization` header opens: a bearer token, or a Basic password of any user. */
export function accessOf(authorization: string, { token, isPublic }: AccessPolicy): Access {
  if (isPublic) return 'granted';
  if (token === undefined) return 'closed';
  const given = secretIn(authorization);
  return given !== undefined && isSame(given, token) ? 'granted' : 'refused';
}

function secretIn(authorization: string): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(.*)$/u.exec(authorization.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic':
      // RFC 7617: everything behind the first colon is the password.
      return /:(.*)$/su.exec(Buffer.from(credentials, 'base64').toString())?.[1];
    default:
      return undefined;
  }
}

/** Compares digests, which are equally long, so that the time taken tells nothing of the token. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
