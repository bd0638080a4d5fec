import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import { askByIds } from './ask-by-id.ts';
import type { Fleet } from './fleet.ts';
import { endsScan, type Listing, readListing } from './read-listing.ts';

/** Everything that one look at a scope showed. */
export interface Scan {
  /** Instance id → status. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Why a page is missing; null when every page was answered. */
  readonly failure: string | null;
  /** Why pages that were all answered may still hide instances; null when nothing says so. */
  readonly inconsistency: string | null;
  /** TotalCount never moved and equals the distinct ids. Even this does not prove completeness. */
  readonly clean: boolean;
  readonly pages: number;
}

/** How often the listing is read when ids are missing against TotalCount. */
const MAX_LISTINGS = 3;

/**
 * Reads the status of every instance of a scope. `expectedCount` (from the last scan) lets all pages
 * start at once instead of waiting for the first one's TotalCount; a wrong guess costs calls, never
 * instances. Failures of ECS are in the scan, and what cannot be believed is not.
 */
export async function scan(fleet: Fleet, expectedCount: number): Promise<Scan> {
  const { instanceIds } = fleet.scope;
  try {
    if (instanceIds !== undefined) return await scanIds(fleet, instanceIds);
    return await scanListing(fleet, expectedCount);
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    const failure = reasonOf(error);
    return { statuses: new Map(), failure, inconsistency: null, clean: false, pages: 0 };
  }
}

async function scanListing(fleet: Fleet, expectedCount: number): Promise<Scan> {
  // The last listing without a failure; `statuses` and `pages` are those of all.
  let last = await readListing(fleet, expectedCount);
  let { statuses, pages } = last;
  for (let count = 1; count < MAX_LISTINGS && isShort(last, statuses.size); count += 1) {
    const again = await readListing(fleet, last.totalCount);
    statuses = new Map([...statuses, ...again.statuses]);
    pages += again.pages;
    if (again.failure !== null) break;
    last = again;
  }
  const { failure, isSteady, totalCount } = last;
  const clean = failure === null && isSteady && last.statuses.size === totalCount;
  // In a fleet that moves, the count and the rows are of different moments. In one that does not
  // move, a count that is larger means a new instance that no request by id can find.
  const inconsistency =
    isSteady && isShort(last, statuses.size)
      ? `ECS counts ${totalCount} instances, but lists only ${statuses.size}`
      : null;
  return { statuses, failure, inconsistency, clean, pages };
}

/** Does the listing count more instances than were seen so far? */
function isShort({ failure, totalCount }: Listing, seen: number): boolean {
  return failure === null && seen < totalCount;
}

async function scanIds(fleet: Fleet, ids: readonly string[]): Promise<Scan> {
  const statuses = new Map<string, string>();
  let failure: string | null = null;
  let pages = 0;
  await allOf(
    chunks(ids, PAGE_SIZE).map(async (chunk) => {
      try {
        const answers = await askByIds(fleet, chunk, []);
        for (const answer of answers) {
          for (const [id, status] of answer.statuses) statuses.set(id, status);
        }
        pages += answers.length;
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        if (endsScan(error)) {
          fleet.stop();
          throw error;
        }
        failure ??= reasonOf(error);
      }
    }),
  );
  return { statuses, failure, inconsistency: null, clean: failure === null, pages };
}
