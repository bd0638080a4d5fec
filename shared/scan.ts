import type { Scope } from './core/model.ts';
import type { Pacer } from './pacer.ts';
import { type Inventory, InventoryError, PAGE_SIZE, type Page, reasonOf } from './ports.ts';

/** Everything that one look at a scope showed. */
export interface Scan {
  /** Instance id → status. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Why a page is missing; null when every page was answered: the scan is complete. */
  readonly failure: string | null;
  /** TotalCount never moved and equals the distinct ids. Even this does not prove completeness. */
  readonly clean: boolean;
  readonly pages: number;
}

/**
 * Pages of one round at most: 200,000 instances in one region. A listing that claims more, or that
 * never ends, must not keep a function busy for ever.
 */
const MAX_PAGES = 4_000;
/** How often the pages are read when ids are missing against TotalCount. */
const MAX_ROUNDS = 3;
/** Pages asked for at once past the end that TotalCount gave, when there is more behind it. */
const STRIDE = 8;

/** A scan that never throws what ECS did: what it may not believe, it has not seen. */
export async function look(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  expectedCount: number,
): Promise<Scan> {
  try {
    return await scan(inventory, scope, pacer, expectedCount);
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    return { statuses: new Map(), failure: reasonOf(error), clean: false, pages: 0 };
  }
}

/**
 * Reads every page of a scope. `expectedCount` (from the last scan) lets all pages start at once
 * instead of waiting for the first one's TotalCount; a wrong guess costs calls, never instances.
 *
 * @throws {InventoryError} `malformed` or `refused`: then nothing that was seen is to be believed.
 */
export async function scan(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  expectedCount: number,
): Promise<Scan> {
  if (scope.instanceIds !== undefined) return scanIds(inventory, scope, scope.instanceIds, pacer);
  const statuses = new Map<string, string>();
  let pages = 0;
  let count = expectedCount;
  for (let round = 1; ; round += 1) {
    const seen = await readRound(inventory, scope, pacer, count);
    pages += seen.pages.length;
    const ids = new Set<string>();
    for (const page of seen.pages) {
      for (const [id, status] of page.statuses) {
        statuses.set(id, status);
        ids.add(id);
      }
    }
    count = seen.totalCount;
    const clean = seen.failure === null && seen.isSteady && ids.size === seen.totalCount;
    const isShort = statuses.size < seen.totalCount;
    if (seen.failure !== null || !isShort || round === MAX_ROUNDS) {
      return { statuses, failure: seen.failure, clean, pages };
    }
  }
}

/** All pages of a scope, read once. */
interface Round {
  readonly pages: readonly Page[];
  readonly failure: string | null;
  /** The highest TotalCount that a page gave, and whether they all gave the same. */
  readonly totalCount: number;
  readonly isSteady: boolean;
}

async function readRound(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  expectedCount: number,
): Promise<Round> {
  const pages: Page[] = [];
  const reads: Promise<void>[] = [];
  const counts = new Set<number>();
  let fatal: InventoryError | undefined;
  let failure: string | null = null;
  let asked = 0;

  const askUpTo = (pageNumber: number): void => {
    if (pageNumber > MAX_PAGES) failure ??= `the listing goes on past page ${MAX_PAGES}`;
    while (asked < Math.min(pageNumber, MAX_PAGES)) {
      asked += 1;
      reads.push(read(asked));
    }
  };

  const read = async (pageNumber: number): Promise<void> => {
    try {
      const page = await pacer.call((deadlineMs) => {
        if (fatal !== undefined) throw fatal;
        return inventory.page(scope, pageNumber, deadlineMs);
      });
      pages.push(page);
      counts.add(page.totalCount);
      askUpTo(lastPageOf(page.totalCount));
      // The last page is short. A full one there means that TotalCount hides instances.
      if (page.rows >= PAGE_SIZE && pageNumber === asked) askUpTo(asked + STRIDE);
    } catch (error) {
      if (!(error instanceof InventoryError)) throw error;
      failure ??= reasonOf(error);
      if (error.kind === 'malformed' || error.kind === 'refused') fatal ??= error;
    }
  };

  askUpTo(lastPageOf(expectedCount));
  // Reads are added while others are being waited for, so the list is walked, not awaited whole.
  for (let index = 0; index < reads.length; index += 1) await reads[index];
  if (fatal !== undefined) throw fatal;
  return { pages, failure, totalCount: Math.max(0, ...counts), isSteady: counts.size <= 1 };
}

/** The page that is short in a listing of `count`: one more than full pages, so that it is read. */
function lastPageOf(count: number): number {
  return Math.floor(count / PAGE_SIZE) + 1;
}

async function scanIds(
  inventory: Inventory,
  scope: Scope,
  ids: readonly string[],
  pacer: Pacer,
): Promise<Scan> {
  const statuses = new Map<string, string>();
  let failure: string | null = null;
  let pages = 0;
  await Promise.all(
    chunks(ids, PAGE_SIZE).map(async (chunk) => {
      try {
        const page = await pacer.call((deadlineMs) => inventory.byIds(scope, chunk, deadlineMs));
        for (const [id, status] of page.statuses) statuses.set(id, status);
        pages += 1;
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        if (error.kind === 'malformed' || error.kind === 'refused') throw error;
        failure ??= reasonOf(error);
      }
    }),
  );
  return { statuses, failure, clean: failure === null, pages };
}

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
