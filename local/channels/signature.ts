import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export function hmacSha256Base64(key: string | Buffer, message: string | Buffer): string {
  return createHmac('sha256', key).update(message).digest('base64');
}

/** Compares in constant time; digests, because timingSafeEqual throws on unequal lengths. */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
