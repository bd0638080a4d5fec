/** Answers with what was made for a key, or makes it. */
export type Recent<V> = (key: string, make: () => V) => V;

/** Values that were set last. */
export interface RecentValues<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** What may be remembered at once. */
export interface RecentLimits<V> {
  readonly entries: number;
  /** The weight of all values together. */
  readonly weight: number;
  readonly weightOf: (value: V) => number;
}

/** Remembers what was made for the last few keys. */
export function recent<V>(limits: RecentLimits<V>): Recent<V> {
  const values = recentValues<{ readonly value: V }>({
    ...limits,
    weightOf: ({ value }) => limits.weightOf(value),
  });
  return (key, make) => {
    const known = values.get(key);
    if (known !== undefined) return known.value;
    const value = make();
    values.set(key, { value });
    return value;
  };
}

/**
 * Remembers the values that were used last. One is forgotten when later ones need its place, and one that
 * is too heavy by itself is not remembered.
 */
export function recentValues<V>({ entries, weight, weightOf }: RecentLimits<V>): RecentValues<V> {
  // A Map keeps the order in which keys were set: the first one was used least recently.
  const known = new Map<string, { readonly value: V; readonly weight: number }>();
  let total = 0;
  const forget = (key: string): void => {
    total -= known.get(key)?.weight ?? 0;
    known.delete(key);
  };
  const put = (key: string, value: V, own: number): void => {
    forget(key);
    known.set(key, { value, weight: own });
    total += own;
  };
  return {
    get(key) {
      const found = known.get(key);
      if (found !== undefined) put(key, found.value, found.weight);
      return found?.value;
    },
    set(key, value) {
      const own = weightOf(value);
      if (own > weight) return forget(key);
      put(key, value, own);
      for (const oldest of known.keys()) {
        if (known.size <= entries && total <= weight) break;
        forget(oldest);
      }
    },
  };
}
