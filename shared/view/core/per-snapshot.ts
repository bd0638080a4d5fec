import type { Snapshot } from '../../core/model.ts';

/**
 * What is made of a snapshot, made once: a snapshot never changes. It is kept as long as the snapshot
 * is. `context` is what always comes with the same snapshot, such as its scope.
 */
export function perSnapshot<V, C extends readonly unknown[]>(
  make: (snapshot: Snapshot, ...context: C) => V,
): (snapshot: Snapshot, ...context: C) => V {
  const known = new WeakMap<Snapshot, { readonly value: V }>();
  return (snapshot, ...context) => {
    const found = known.get(snapshot);
    if (found !== undefined) return found.value;
    const value = make(snapshot, ...context);
    known.set(snapshot, { value });
    return value;
  };
}
