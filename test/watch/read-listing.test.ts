import { type Inventory, PAGE_SIZE, type Page } from '../../shared/ports/inventory.ts';
import { openBudget } from '../../shared/watch/budget.ts';
import type { ListingStart } from '../../shared/watch/core/listing.ts';
import { pacedFleet } from '../../shared/watch/fleet.ts';
import { createPacer } from '../../shared/watch/pacer.ts';
import { readListing } from '../../shared/watch/read-listing.ts';
import { EMPTY_INVENTORY } from '../helpers/empty-inventory.ts';
import { NOW_MS, SCOPE } from '../helpers/examples.ts';
import { virtualRuntime } from '../helpers/virtual-runtime.ts';

const FIRST_LOOK: ListingStart = { page: 1, expectedCount: 0, seen: 0 };
const MANY_CALLS = 100_000;

describe('a listing longer than any region that is known', () => {
  it('is read whole at the first look', async () => {
    const listing = await readListing(aFleet(regionOf(300_000), MANY_CALLS), FIRST_LOOK);

    expect(listing).toMatchObject({ failure: null, nextPage: null, totalCount: 300_000 });
    expect(listing.statuses.size).toBe(300_000);
  });

  it('has not failed where a tick has calls for a part of it', async () => {
    const listing = await readListing(aFleet(regionOf(300_000), 1_000), FIRST_LOOK);

    expect(listing).toMatchObject({ failure: null, isCut: true, pages: 1_000, nextPage: 1_001 });
  });

  it('fails where it shows few instances again and again', async () => {
    const sameAlways = (): Page => regionOf(1_000_000)(1);

    const listing = await readListing(aFleet(sameAlways, MANY_CALLS), FIRST_LOOK);

    expect(listing.failure).toBe('the listing goes on past page 4000');
    expect(listing.pages).toBe(4_000);
  });
});

it('ends a listing with what is not expected, once no page is being read any more', async () => {
  let pages = 0;
  const broken = (pageNumber: number): Page => {
    pages += 1;
    if (pageNumber > 1) throw new TypeError(`page ${pageNumber} is broken`);
    return regionOf(500)(pageNumber);
  };

  await expect(readListing(aFleet(broken, MANY_CALLS), FIRST_LOOK)).rejects.toThrow(
    new TypeError('page 2 is broken'),
  );

  // A rejection that no one awaits would end the process, and Jest fails a test for it.
  expect(pages).toBe(11);
});

/** The pages of a region with so many instances. */
function regionOf(totalCount: number): (pageNumber: number) => Page {
  return (pageNumber) => {
    const first = (pageNumber - 1) * PAGE_SIZE;
    const rows = Math.max(0, Math.min(PAGE_SIZE, totalCount - first));
    const ids = Array.from({ length: rows }, (_, row) => `i-${first + row}`);
    const statuses = new Map(ids.map((id) => [id, 'Running']));
    return { statuses, rows, totalCount, pageSize: PAGE_SIZE };
  };
}

/** A fleet with these pages, and so many calls for the tick. */
function aFleet(pageOf: (pageNumber: number) => Page, calls: number) {
  const runtime = virtualRuntime(NOW_MS);
  const inventory: Inventory = {
    ...EMPTY_INVENTORY,
    page: async (_scope, pageNumber) => pageOf(pageNumber),
  };
  const budget = openBudget(calls, NOW_MS, undefined);
  return pacedFleet(inventory, SCOPE, createPacer({ budget, deadlineMs: NOW_MS + 1 }, runtime));
}
