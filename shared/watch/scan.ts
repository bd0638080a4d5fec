import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import { askByIds } from './ask-by-id.ts';
import {
  isShort,
  judgeListing,
  type Listing,
  type ListingStart,
  type Scan,
} from './core/listing.ts';
import type { Fleet } from './fleet.ts';
import { endsScan, gapsFrom } from './gaps.ts';
import { readListing } from './read-listing.ts';

/** How often the listing is read when ids are missing against TotalCount. */
const MAX_LISTINGS = 3;

/**
 * Reads the status of every instance of a scope, as far as the tick has time and calls. The expected
 * count lets all pages start at once instead of waiting for the first one's TotalCount; a wrong guess
 * costs calls, never instances. Failures of ECS are in the scan, and what cannot be believed is not.
 */
export async function scan(fleet: Fleet, start: ListingStart): Promise<Scan> {
  const { instanceIds } = fleet.scope;
  try {
    if (instanceIds !== undefined) return await scanIds(fleet, instanceIds, start);
    return await scanListing(fleet, start);
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    return { ...NOTHING_SEEN, failure: reasonOf(error), nextPage: start.page };
  }
}

const NOTHING_SEEN: Omit<Scan, 'failure' | 'nextPage'> = {
  statuses: new Map(),
  inconsistency: null,
  clean: false,
  pages: 0,
  totalCount: 0,
  isSteady: true,
  isCut: false,
  lastPage: null,
};

async function scanListing(fleet: Fleet, start: ListingStart): Promise<Scan> {
  // The last listing that did not fail; `statuses` and `pages` are those of all.
  let last = await readListing(fleet, start);
  let { statuses, pages } = last;
  if (start.page === 1) {
    for (let count = 1; count < MAX_LISTINGS && isShort(last, statuses.size); count += 1) {
      const again = await readListing(fleet, { ...start, expectedCount: last.totalCount });
      statuses = joined(statuses, again.statuses);
      pages += again.pages;
      if (again.failure !== null || again.nextPage !== null) break;
      last = again;
    }
  }
  const listing: Listing = { ...last, statuses, pages };
  const isAtEnd = start.page > 1 && last.nextPage === null && last.failure === null;
  const vouched = isAtEnd && statuses.size === 0 ? await withFirstPage(fleet, listing) : listing;
  return judgeListing(vouched, last.statuses.size, vouched.statuses.size);
}

function joined(
  first: ReadonlyMap<string, string>,
  second: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const all = new Map(first);
  for (const [id, status] of second) all.set(id, status);
  return all;
}

/** The end of a listing may have gone. Some instance must vouch for the answers about suspects. */
async function withFirstPage(fleet: Fleet, listing: Listing): Promise<Listing> {
  const gaps = gapsFrom(0);
  try {
    const { statuses } = await fleet.page(1);
    return { ...listing, statuses, pages: listing.pages + 1 };
  } catch (error) {
    gaps.add(1, error);
    // The next tick asks again.
    return { ...listing, failure: gaps.failure, nextPage: gaps.first, isCut: gaps.isCut };
  }
}

/** Of a list of ids, each part that fits on a page counts as one. */
async function scanIds(fleet: Fleet, ids: readonly string[], start: ListingStart): Promise<Scan> {
  const statuses = new Map<string, string>();
  const gaps = gapsFrom(start.page);
  let pages = 0;
  await allOf(
    chunks(ids, PAGE_SIZE).map(async (chunk, index) => {
      const pageNumber = index + 1;
      if (pageNumber < start.page) return;
      try {
        await askByIds(fleet, chunk, [], (answer) => {
          for (const [id, status] of answer.statuses) statuses.set(id, status);
          pages += 1;
        });
      } catch (error) {
        const failed = gaps.add(pageNumber, error);
        if (!endsScan(failed)) return;
        fleet.stop();
        throw failed;
      }
    }),
  );
  const { failure, first: nextPage, isCut } = gaps;
  const clean = failure === null && nextPage === null;
  // No count says whether the ids that are missing exist.
  const lastPage = Math.ceil(ids.length / PAGE_SIZE);
  const counted = { totalCount: ids.length, isSteady: false, inconsistency: null, lastPage };
  return { statuses, failure, clean, pages, nextPage, isCut, ...counted };
}
