import { InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import type { Fleet } from './fleet.ts';

/** All pages of a scope's listing, read once. */
export interface Listing {
  /** Instance id → status. */
  readonly statuses: ReadonlyMap<string, string>;
  readonly pages: number;
  /** Why a page is missing; null when every page was answered. */
  readonly failure: string | null;
  /** The newest TotalCount, and whether every page gave the same. */
  readonly totalCount: number;
  readonly isSteady: boolean;
}

/**
 * Pages of one listing at most: 200,000 instances in one region. A listing that claims more, or that
 * never ends, must not keep a function busy for ever.
 */
const MAX_PAGES = 4_000;
/** Pages asked for at once past the end that TotalCount gave, when there is more behind it. */
const STRIDE = 8;

/**
 * Reads every page, all those of `expectedCount` instances at once.
 * @throws {InventoryError} that ends a scan
 */
export async function readListing(fleet: Fleet, expectedCount: number): Promise<Listing> {
  const statuses = new Map<string, string>();
  const reads: Promise<void>[] = [];
  let pages = 0;
  let totalCount: number | undefined;
  let isSteady = true;
  let fatal: InventoryError | undefined;
  let failure: string | null = null;

  const readUpTo = (pageNumber: number): void => {
    if (pageNumber > MAX_PAGES) failure ??= `the listing goes on past page ${MAX_PAGES}`;
    while (reads.length < Math.min(pageNumber, MAX_PAGES)) reads.push(read(reads.length + 1));
  };

  const read = async (pageNumber: number): Promise<void> => {
    try {
      const page = await fleet.page(pageNumber);
      pages += 1;
      for (const [id, status] of page.statuses) statuses.set(id, status);
      isSteady &&= totalCount === undefined || totalCount === page.totalCount;
      totalCount = page.totalCount;
      readUpTo(lastPageOf(page.totalCount, page.pageSize));
      // The last page is short. A full one there means that TotalCount hides instances.
      const isLast = pageNumber === reads.length;
      if (isLast && page.rows >= page.pageSize) readUpTo(pageNumber + STRIDE);
    } catch (error) {
      if (!(error instanceof InventoryError)) throw error;
      failure ??= reasonOf(error);
      if (endsScan(error)) {
        fatal ??= error;
        fleet.stop();
      }
    }
  };

  readUpTo(lastPageOf(expectedCount, PAGE_SIZE));
  // Reads are added while others are under way, so each one is awaited in its turn.
  for (let index = 0; index < reads.length; index += 1) await reads[index];
  if (fatal !== undefined) throw fatal;
  return { statuses, pages, failure, totalCount: totalCount ?? 0, isSteady };
}

/** After a failure that does not pass by itself, nothing that the scan has seen is believed. */
export function endsScan({ kind }: InventoryError): boolean {
  return kind !== 'throttled' && kind !== 'transient';
}

/** The page that is short in a listing of `count`: one more than full pages, so that it is read. */
function lastPageOf(count: number, pageSize: number): number {
  return Math.floor(count / pageSize) + 1;
}
