/** When the fleet is looked at. */
export type Moment =
  | { readonly kind: 'now' }
  /** As it stood after the last commit that was made by then. */
  | { readonly kind: 'time'; readonly timeMs: number }
  /** As an earlier answer, of this time, saw it: scope key → the last commit that was in it. */
  | {
      readonly kind: 'seqs';
      readonly seqs: ReadonlyMap<string, number>;
      readonly timeMs: number;
    };
