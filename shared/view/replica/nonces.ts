import { sha256 } from '../../lib/sha256.ts';

/** Answers whether a nonce is new, and remembers it. */
export type NonceMemory = (nonce: string, nowMs: number) => boolean;

/** As many as are surely remembered: with two generations of digests, about 8 MB. */
const MAX_NONCES = 20_000;

/**
 * Remembers every nonce for `lifetimeMs` at least, or the last 20,000 of them. There are two
 * generations, and the older one is forgotten as a whole, so that memory has a bound and no time is
 * spent on sweeping.
 */
export function nonceMemory(lifetimeMs: number, maxNonces: number = MAX_NONCES): NonceMemory {
  let current = new Set<string>();
  let previous = new Set<string>();
  let sinceMs = Number.NEGATIVE_INFINITY;
  return (nonce, nowMs) => {
    const ageMs = nowMs - sinceMs;
    if (ageMs > lifetimeMs || current.size >= maxNonces) {
      previous = ageMs > 2 * lifetimeMs ? new Set() : current;
      current = new Set();
      sinceMs = nowMs;
    }
    // A digest is short, however long the nonce is, and keeps no part of the request in memory.
    const digest = sha256(nonce).toString('base64');
    if (current.has(digest) || previous.has(digest)) return false;
    current.add(digest);
    return true;
  };
}
