import type { Page } from '../../../shared/ports/inventory.ts';
import type * as real from '../hooks.ts';

/** The first page is read while the journal is being asked for its last commit. */
export const portsOf: typeof real.portsOf = (ports) => {
  const { inventory, journal } = ports;
  const early = new Map<string, Promise<Page>>();
  return {
    ...ports,
    journal: {
      ...journal,
      after: (scope, ...rest) => {
        if (!early.has(scope.key)) {
          const page = inventory.page(scope, 1, Number.POSITIVE_INFINITY);
          page.catch(() => undefined);
          early.set(scope.key, page);
        }
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
