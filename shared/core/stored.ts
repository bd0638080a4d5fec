/** A cell or a row as it was found; `stored` is the text of one that cannot be read. */
export type Stored<T> =
  | { readonly value: T }
  | { readonly unreadable: string; readonly stored: string };
