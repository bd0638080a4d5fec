import type * as real from '../hooks.ts';

export const portsOf: typeof real.portsOf = (ports) => ({
  ...ports,
  inventory: {
    ...ports.inventory,
    byIds: async (...args) => {
      const page = await ports.inventory.byIds(...args);
      return { ...page, totalCount: page.statuses.size };
    },
  },
});
