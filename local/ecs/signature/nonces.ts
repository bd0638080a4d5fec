/** Answers whether a nonce is new, and remembers it. */
export type NonceMemory = (nonce: string, nowMs: number) => boolean;

/**
 * Remembers every nonce for at least `lifetimeMs`: two generations, of which the older is forgotten
 * as a whole, so that memory is bounded by the rate of calls and nothing is swept.
 */
export function nonceMemory(lifetimeMs: number): NonceMemory {
  let current = new Set<string>();
  let previous = new Set<string>();
  let currentSinceMs = Number.NEGATIVE_INFINITY;
  return (nonce, nowMs) => {
    if (nowMs - currentSinceMs > lifetimeMs) {
      previous = nowMs - currentSinceMs > 2 * lifetimeMs ? new Set() : current;
      current = new Set();
      currentSinceMs = nowMs;
    }
    if (current.has(nonce) || previous.has(nonce)) return false;
    current.add(nonce);
    return true;
  };
}
