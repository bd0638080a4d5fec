import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './sha256.ts';

/** Digests have equal lengths, so the time of the comparison reveals nothing of the secret. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

/**
 * The same for the text of a digest, such as a signature: its length is no secret, so nothing has to
 * hide it.
 */
export function isSameDigest(one: string, other: string): boolean {
  const [bytes, others] = [Buffer.from(one), Buffer.from(other)];
  return bytes.length === others.length && timingSafeEqual(bytes, others);
}
