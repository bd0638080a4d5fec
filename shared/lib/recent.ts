/** Answers with what was made for a key, or makes it. */
export type Recent<V> = (key: string, make: () => V) => V;

/** What may be remembered at once. */
export interface RecentLimits<V> {
  readonly entries: number;
  /** The weight of all values together. */
  readonly weight: number;
  readonly weightOf: (value: V) => number;
}

/**
 * Remembers what was made for the last few keys. A value is forgotten when later ones need its place,
 * and one that is too heavy by itself is not remembered.
 */
export function recent<V>({ entries, weight, weightOf }: RecentLimits<V>): Recent<V> {
  // A Map keeps the order in which keys were set: the first one was used least recently.
  const known = new Map<string, { readonly value: V; readonly weight: number }>();
  let total = 0;
  const forget = (key: string): void => {
    total -= known.get(key)?.weight ?? 0;
    known.delete(key);
  };
  return (key, make) => {
    const found = known.get(key);
    const entry = found ?? weighed(make(), weightOf);
    forget(key);
    if (entry.weight > weight) return entry.value;
    known.set(key, entry);
    total += entry.weight;
    for (const oldest of known.keys()) {
      if (known.size <= entries && total <= weight) break;
      forget(oldest);
    }
    return entry.value;
  };
}

function weighed<V>(value: V, weightOf: (value: V) => number) {
  return { value, weight: weightOf(value) };
}
