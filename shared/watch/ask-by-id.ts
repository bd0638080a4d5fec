import type { Scope } from '../core/model.ts';
import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { type Inventory, InventoryError, UNKNOWN_ID } from '../ports/inventory.ts';
import type { Pacer } from './pacer.ts';

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
