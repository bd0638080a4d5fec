import type { Scope } from '../core/model.ts';
import { chunks } from '../lib/chunks.ts';
import { type Inventory, InventoryError, PAGE_SIZE } from '../ports/inventory.ts';
import { reasonOf } from '../ports/reason.ts';
import { askByIds } from './ask-by-id.ts';
import type { Pacer } from './pacer.ts';

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
    return {
      statuses: new Map(),
      failure: reasonOf(error),
      inconsistency: null,
      clean: false,
      pages: 0,
    };
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
  let { statuses, pages, ...first } = await readRound(inventory, scope, pacer, expectedCount);
  let last = { ...first, ids: statuses.size };
  for (let round = 2; round <= MAX_ROUNDS && isShort(last, statuses.size); round += 1) {
    const again = await readRound(inventory, scope, pacer, last.totalCount);
    statuses = new Map([...statuses, ...again.statuses]);
    pages += again.pages;
    // The round before was whole, and stays so.
    if (again.failure !== null) break;
    last = { ...again, ids: again.statuses.size };
  }
  const { failure, isSteady, totalCount, ids } = last;
  const clean = failure === null && isSteady && ids === totalCount;
  // In a fleet that moves, the count is of another moment than the rows. In one that stands still
  // it contradicts them: a new instance that is not listed could not be asked for by id.
  const doubt =
    isSteady && isShort(last, statuses.size)
      ? `ECS counts ${totalCount} instances, but lists only ${statuses.size}`
      : null;
  return { statuses, failure, inconsistency: doubt, clean, pages };
}

/** Does the listing count more instances than it has shown so far? */
function isShort(
  { failure, totalCount }: Pick<Round, 'failure' | 'totalCount'>,
  seen: number,
): boolean {
  return failure === null && seen < totalCount;
}

/** All pages of a scope, read once. */
interface Round {
  readonly statuses: ReadonlyMap<string, string>;
  readonly pages: number;
  readonly failure: string | null;
  /** The newest TotalCount, and whether every page gave the same. */
  readonly totalCount: number;
  readonly isSteady: boolean;
}

async function readRound(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  expectedCount: number,
): Promise<Round> {
  const statuses = new Map<string, string>();
  const reads: Promise<void>[] = [];
  let pages = 0;
  let totalCount: number | undefined;
  let isSteady = true;
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
      pages += 1;
      for (const [id, status] of page.statuses) statuses.set(id, status);
      isSteady &&= totalCount === undefined || totalCount === page.totalCount;
      totalCount = page.totalCount;
      askUpTo(lastPageOf(page.totalCount, page.pageSize));
      // The last page is short. A full one there means that TotalCount hides instances.
      if (page.rows >= page.pageSize && pageNumber === asked) askUpTo(asked + STRIDE);
    } catch (error) {
      if (!(error instanceof InventoryError)) throw error;
      failure ??= reasonOf(error);
      if (error.kind === 'malformed' || error.kind === 'refused') fatal ??= error;
    }
  };

  askUpTo(lastPageOf(expectedCount, PAGE_SIZE));
  // Reads are added while others are being waited for, so the list is walked, not awaited whole.
  for (let index = 0; index < reads.length; index += 1) await reads[index];
  if (fatal !== undefined) throw fatal;
  return { statuses, pages, failure, totalCount: totalCount ?? 0, isSteady };
}

/** The page that is short in a listing of `count`: one more than full pages, so that it is read. */
function lastPageOf(count: number, pageSize: number): number {
  return Math.floor(count / pageSize) + 1;
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
        const answers = await askByIds(inventory, scope, pacer, chunk, []);
        for (const answer of answers) {
          for (const [id, status] of answer.statuses) statuses.set(id, status);
        }
        pages += answers.length;
      } catch (error) {
        if (!(error instanceof InventoryError)) throw error;
        if (error.kind === 'malformed' || error.kind === 'refused') throw error;
        failure ??= reasonOf(error);
      }
    }),
  );
  return { statuses, failure, inconsistency: null, clean: failure === null, pages };
}
