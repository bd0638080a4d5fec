/**
 * Returns one value for all equal ones, so that what many instances have in common (zones, types,
 * tags) is in memory once. It remembers every value that it was given: it must not outlive its task.
 */
export function intern(): <T extends string | object>(value: T) => T {
  const known = new Map<string, unknown>();
  return <T extends string | object>(value: T): T => {
    const key = JSON.stringify(value);
    const same = known.get(key);
    if (same !== undefined) return same as T;
    known.set(key, value);
    return value;
  };
}
