/** JSON as a file holds it: its texts may refer to something, and its shape is what is sent. */
export type Tree =
  | string
  | number
  | boolean
  | null
  | readonly Tree[]
  | { readonly [name: string]: Tree };

export function textsIn(tree: Tree): readonly string[] {
  if (typeof tree === 'string') return [tree];
  if (Array.isArray(tree)) return tree.flatMap(textsIn);
  return isGroup(tree) ? Object.values(tree).flatMap(textsIn) : [];
}

export function isGroup(tree: unknown): tree is { readonly [name: string]: Tree } {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}
