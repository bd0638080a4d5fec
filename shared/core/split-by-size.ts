/**
 * Consecutive groups of `items`, each of at most `maxBytes` as JSON with `extraBytes` an item; a
 * larger item is a group of its own.
 */
export function splitBySize<T>(
  items: readonly T[],
  maxBytes: number,
  extraBytes = 0,
): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let group: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = Buffer.byteLength(JSON.stringify(item)) + 1 + extraBytes;
    if (group.length > 0 && bytes + itemBytes > maxBytes) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(item);
    bytes += itemBytes;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
