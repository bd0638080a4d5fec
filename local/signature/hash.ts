import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export function hmacSha256(
  key: string | Buffer,
  message: string | Buffer,
  encoding: 'base64' | 'hex',
): string {
  return createHmac('sha256', key).update(message).digest(encoding);
}

export function sha256Hex(content: string | Buffer): string {
  return hash('sha256', content);
}

/** Compares in constant time; digests, because timingSafeEqual throws on unequal lengths. */
export function equalSecrets(left: string, right: string): boolean {
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}
