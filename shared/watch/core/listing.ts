/** The pages of a scope's listing from one on, read once. */
export interface Listing {
  /** Instance id → status. */
  readonly statuses: ReadonlyMap<string, string>;
  readonly pages: number;
  /** Why a page is missing; null when none is, or when the next tick can go on from there. */
  readonly failure: string | null;
  /**
   * The first page that was not read; null when all were. Without a failure there was only no time,
   * or no call, left for it.
   */
  readonly nextPage: number | null;
  /** The last page that showed an instance; null: none did. */
  readonly lastPage: number | null;
  /** Pages were not asked for: there was no time, or no call, left for them. */
  readonly isCut: boolean;
  /** The newest TotalCount, and whether every page gave the same. */
  readonly totalCount: number;
  readonly isSteady: boolean;
}

/** Where reading begins, and what is known of the listing by then. */
export interface ListingStart {
  readonly page: number;
  /** Instances in the listing, as far as is known. */
  readonly expectedCount: number;
  /** Instances of the pages before. */
  readonly seen: number;
}

/** A listing, or a list of ids, as one tick has read it: what there is to believe of it. */
export interface Scan extends Listing {
  /** Why pages that were all answered may still hide instances; null when nothing says so. */
  readonly inconsistency: string | null;
  /** TotalCount never moved and equals the distinct ids. Even this does not prove completeness. */
  readonly clean: boolean;
}

/** A listing judged by its own count, with the ids that it has shown, and those seen in all. */
export function judgeListing(listing: Listing, listed: number, seen: number): Scan {
  const { failure, nextPage, isSteady, totalCount } = listing;
  const isWhole = failure === null && nextPage === null;
  const clean = isWhole && isSteady && listed === totalCount;
  // In a fleet that moves, the count and the rows are of different moments. In one that does not
  // move, a count that is larger means a new instance that no request by id can find.
  const inconsistency =
    isSteady && isShort(listing, seen)
      ? `ECS counts ${totalCount} instances, but lists only ${seen}`
      : null;
  return { ...listing, clean, inconsistency };
}

/** Does the listing count more instances than were seen so far? */
export function isShort({ failure, nextPage, totalCount }: Listing, seen: number): boolean {
  return failure === null && nextPage === null && seen < totalCount;
}
