import type { Inventory, Page } from '../../shared/ports/inventory.ts';

export const EMPTY_PAGE: Page = { statuses: new Map(), rows: 0, totalCount: 0, pageSize: 50 };

/** The pages of a region with one instance of this status. */
export function pagesWithOne(status: string): Inventory['page'] {
  return async (_scope, pageNumber) =>
    pageNumber === 1
      ? { statuses: new Map([['i-1', status]]), rows: 1, totalCount: 1, pageSize: 50 }
      : { ...EMPTY_PAGE, totalCount: 1 };
}

/** A region without instances, in an account that may look. A test replaces what it is about. */
export const EMPTY_INVENTORY: Inventory = {
  page: async () => EMPTY_PAGE,
  byIds: async () => EMPTY_PAGE,
  details: async () => new Map(),
  secondOpinion: async () => 'agrees',
  mayLook: async () => true,
  regionIds: async () => [],
};
