import { allOf } from './all-of.ts';
import type { Scope } from './core/model.ts';
import type { Pacer } from './pacer.ts';
import { type Inventory, InventoryError, PAGE_SIZE, reasonOf, UNKNOWN_ID } from './ports.ts';

/** Everything that one look at a scope showed. */
export interface Scan {
  /** Instance id → status. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Why a page is missing; null when every page was answered. */
  readonly failure: string | null;
  /** Why pages that were all answered may still hide instances; null when nothing says so. */
  readonly doubt: string | null;
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
    return { statuses: new Map(), failure: reasonOf(error), doubt: null, clean: false, pages: 0 };
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
  return { statuses, failure, doubt, clean, pages };
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
  return { statuses, failure, doubt: null, clean: failure === null, pages };
}

/** One answer by id: who was asked for, and the statuses of all that it shows. */
export interface AnswerByIds {
  readonly asked: readonly string[];
  readonly statuses: ReadonlyMap<string, string>;
  /** ECS has said by an error that there is no such instance. */
  readonly isNotFound: boolean;
}

/**
 * Asks for instances by id, and in each question also for the witnesses: `PAGE_SIZE` of both at
 * most. Each answer is one page and can be judged by itself: where ECS makes its pages smaller than
 * it was asked to, or answers with an error for an id that does not exist, it is asked for fewer.
 *
 * @throws {InventoryError}
 */
export async function askByIds(
  inventory: Inventory,
  scope: Scope,
  pacer: Pacer,
  ids: readonly string[],
  witnesses: readonly string[],
): Promise<readonly AnswerByIds[]> {
  const again = async (size: number): Promise<readonly AnswerByIds[]> => {
    const parts = chunks(ids, size).map((part) =>
      askByIds(inventory, scope, pacer, part, witnesses),
    );
    return (await allOf(parts)).flat();
  };
  const all = [...ids, ...witnesses];
  const page = await orNotFound(
    pacer.call((deadlineMs) => inventory.byIds(scope, all, deadlineMs)),
  );
  if (page === 'not-found') {
    if (ids.length > 1) return again(Math.ceil(ids.length / 2));
    // It may be a witness that is gone.
    if (witnesses.length > 0) return askByIds(inventory, scope, pacer, ids, []);
    return [{ asked: ids, statuses: new Map(), isNotFound: true }];
  }
  const { statuses, pageSize, totalCount } = page;
  if (all.length > pageSize) {
    const size = pageSize - witnesses.length;
    if (size >= 1) return again(size);
    throw new InventoryError('malformed', 'SmallPages', `ECS answers ${pageSize} rows a page`);
  }
  // A count of more than was asked for is of something else.
  if (totalCount <= all.length && statuses.size < totalCount) {
    throw new InventoryError(
      'malformed',
      'ShortAnswer',
      `asked by id, ECS counts ${totalCount} instances, but shows ${statuses.size}`,
    );
  }
  return [{ asked: ids, statuses, isNotFound: false }];
}

async function orNotFound<T>(answer: Promise<T>): Promise<T | 'not-found'> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof InventoryError && UNKNOWN_ID.test(error.code)) return 'not-found';
    throw error;
  }
}

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
