import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './sha256.ts';

/** Digests have equal lengths, so the time of the comparison reveals nothing of the secret. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}
