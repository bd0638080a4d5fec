import { createHmac } from 'node:crypto';

export function hmac(algorithm: 'sha1' | 'sha256', key: string, text: string): Buffer {
  return createHmac(algorithm, key).update(text).digest();
}
