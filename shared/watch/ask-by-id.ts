import { allOf } from '../lib/all-of.ts';
import { chunks } from '../lib/chunks.ts';
import { InventoryError } from '../ports/inventory.ts';
import type { Fleet } from './fleet.ts';

/** One answer by id: the ids that were asked for, and the status of each instance in the answer. */
export interface AnswerByIds {
  readonly asked: readonly string[];
  readonly statuses: ReadonlyMap<string, string>;
  /** ECS has said by an error that there is no such instance. */
  readonly isNotFound: boolean;
}

/**
 * Asks for instances by id. Each request also names the witnesses; ids and witnesses are at most
 * `PAGE_SIZE` together. Each answer is one page and can be judged by itself. Fewer ids are asked for
 * at once where ECS makes its pages smaller, or answers with an error for an id that does not exist.
 * Each answer is handed over as it comes: it counts, although a later request may fail.
 *
 * @throws {InventoryError} the first failure, once every request has ended
 */
export async function askByIds(
  fleet: Fleet,
  ids: readonly string[],
  witnesses: readonly string[],
  onAnswer: (answer: AnswerByIds) => void,
): Promise<void> {
  const askInParts = async (size: number): Promise<void> => {
    await allOf(chunks(ids, size).map((part) => askByIds(fleet, part, witnesses, onAnswer)));
  };
  const all = [...ids, ...witnesses];
  const page = await orNotFound(fleet.byIds(all));
  if (page === 'not-found') {
    if (ids.length > 1) return askInParts(Math.ceil(ids.length / 2));
    // The id that does not exist may be that of a witness.
    if (witnesses.length > 0) return askByIds(fleet, ids, [], onAnswer);
    return onAnswer({ asked: ids, statuses: new Map(), isNotFound: true });
  }
  const { statuses, pageSize, totalCount } = page;
  if (all.length > pageSize) {
    const size = pageSize - witnesses.length;
    if (size >= 1) return askInParts(size);
    throw new InventoryError('malformed', 'SmallPages', `ECS answers ${pageSize} rows a page`);
  }
  // A count that is larger than the request is not the count of this answer.
  if (totalCount <= all.length && statuses.size < totalCount) {
    throw new InventoryError(
      'malformed',
      'ShortAnswer',
      `asked by id, ECS counts ${totalCount} instances, but shows ${statuses.size}`,
    );
  }
  onAnswer({ asked: ids, statuses, isNotFound: false });
}

async function orNotFound<T>(answer: Promise<T>): Promise<T | 'not-found'> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof InventoryError && error.kind === 'not-found') return 'not-found';
    throw error;
  }
}
