import type * as real from '../hooks.ts';

/** It is not decided again, although the commit that took its place may say the same. */
export const portsOf: typeof real.portsOf = (ports) => {
  const { journal } = ports;
  return {
    ...ports,
    journal: {
      ...journal,
      append: async (commit) => {
        let own = commit;
        while ((await journal.append(own)) === 'taken') {
          if (commit.scope !== 'watcher') return 'taken';
          own = { ...own, seq: own.seq + 1 };
        }
        return 'appended';
      },
    },
  };
};
