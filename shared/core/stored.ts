/** A stored row or cell: its value, or what is wrong with it. */
export type Stored<T> = { readonly value: T } | Unreadable;

export interface Unreadable {
  /** Which field is wrong, and how. */
  readonly unreadable: string;
  /** The text of the cell, where it holds one. */
  readonly stored?: string;
}
