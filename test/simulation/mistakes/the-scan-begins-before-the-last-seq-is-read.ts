import type { Scope } from '../../../shared/core/model.ts';
import type { Page } from '../../../shared/ports/inventory.ts';
import type * as real from '../hooks.ts';

/** The first page is read while the journal is being asked for its last commit. */
export const portsOf: typeof real.portsOf = (ports) => {
  const { inventory, journal } = ports;
  const early = new Map<string, Promise<Page>>();
  const begin = (scope: Scope): void => {
    if (early.has(scope.key)) return;
    const page = inventory.page(scope, 1, Number.POSITIVE_INFINITY);
    page.catch(() => undefined);
    early.set(scope.key, page);
  };
  return {
    ...ports,
    journal: {
      ...journal,
      lastSeq: (scope) => {
        begin(scope);
        return journal.lastSeq(scope);
      },
      after: (scope, ...rest) => {
        begin(scope);
        return journal.after(scope, ...rest);
      },
    },
    inventory: {
      ...inventory,
      page: (scope, pageNumber, ...rest) =>
        (pageNumber === 1 ? early.get(scope.key) : undefined) ??
        inventory.page(scope, pageNumber, ...rest),
    },
  };
};
