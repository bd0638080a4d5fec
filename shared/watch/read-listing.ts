import { InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import type { Listing, ListingStart } from './core/listing.ts';
import type { Fleet } from './fleet.ts';
import { endsScan, gapsFrom } from './gaps.ts';

/**
 * Pages of a listing at most, unless more instances than fit on half of them were really seen. A
 * listing that claims more, or that never ends, must not keep a function busy for ever.
 */
const MIN_PAGE_CAP = 4_000;
/** Pages asked for at once past the end that TotalCount gave, when there is more behind it. */
const STRIDE = 8;

/**
 * Reads every page from one on, all those of `expectedCount` instances at once, as long as the tick
 * has time and calls for them.
 * @throws {InventoryError} that ends a scan, and what is not expected, once no page is being read any more
 */
export async function readListing(fleet: Fleet, start: ListingStart): Promise<Listing> {
  const statuses = new Map<string, string>();
  const reads: Promise<void>[] = [];
  const gaps = gapsFrom(start.page);
  let lastPage = start.page - 1;
  let pages = 0;
  let totalCount: number | undefined;
  let isSteady = true;
  let end: { readonly error: unknown } | undefined;
  let lastWithRows: number | null = null;
  /** The last page that there is to read, as far as the pages say. */
  let endPage = 0;

  /** Twice the pages that the instances seen so far need: some are shown on two pages. */
  const pageCap = (): number =>
    Math.max(MIN_PAGE_CAP, Math.ceil((2 * (start.seen + statuses.size)) / PAGE_SIZE));

  const readUpTo = (pageNumber: number): void => {
    endPage = Math.max(endPage, pageNumber);
    const cap = pageCap();
    while (lastPage < Math.min(pageNumber, cap)) {
      lastPage += 1;
      reads.push(read(lastPage));
    }
  };

  const read = async (pageNumber: number): Promise<void> => {
    try {
      const page = await fleet.page(pageNumber);
      pages += 1;
      if (page.rows > 0) lastWithRows = Math.max(lastWithRows ?? 0, pageNumber);
      for (const [id, status] of page.statuses) statuses.set(id, status);
      isSteady &&= totalCount === undefined || totalCount === page.totalCount;
      totalCount = page.totalCount;
      readUpTo(lastPageOf(page.totalCount, page.pageSize));
      // The last page is short. A full one there means that TotalCount hides instances.
      if (pageNumber === lastPage && page.rows >= page.pageSize) readUpTo(pageNumber + STRIDE);
    } catch (error) {
      if (!(error instanceof InventoryError) || endsScan(gaps.add(pageNumber, error))) {
        end ??= { error };
        fleet.stop();
      }
    }
  };

  readUpTo(Math.max(start.page, lastPageOf(start.expectedCount, PAGE_SIZE)));
  // Reads are added while others are under way, so each one is awaited in its turn.
  for (let index = 0; index < reads.length; index += 1) await reads[index];
  if (end !== undefined) throw end.error;
  // A tick that was cut short has not seen enough to say so: the cap grows with what is seen.
  const isTooLong = gaps.first === null && endPage > lastPage;
  return {
    statuses,
    pages,
    failure: isTooLong ? `the listing goes on past page ${lastPage}` : gaps.failure,
    nextPage: gaps.first,
    lastPage: lastWithRows,
    isCut: gaps.isCut,
    totalCount: totalCount ?? 0,
    isSteady,
  };
}

/** The page that is short in a listing of `count`: one more than full pages, so that it is read. */
function lastPageOf(count: number, pageSize: number): number {
  return Math.floor(count / pageSize) + 1;
}
