/**
 * `first` with the fields of `second`, as an object that begins empty. V8 gives one that begins with a
 * spread, and then gets a new field, a hidden class of its own: some 300 bytes. A large fleet has
 * 100,000 of them.
 */
export function extended<A extends object, B extends object>(first: A, second: B): A & B {
  return { ...EMPTY, ...first, ...second };
}

const EMPTY = {};
