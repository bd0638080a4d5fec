import type { Commit } from '../../../shared/core/model.ts';
import type * as real from '../hooks.ts';

/** The head is slow to answer. */
const SLOW_MS = 20_000;

/** Another run may commit in between: the head then knows a number that the commits do not show. */
export const portsOf: typeof real.portsOf = (ports) => {
  const { journal, runtime } = ports;
  let early: readonly Commit[] | undefined;
  return {
    ...ports,
    journal: {
      ...journal,
      head: async (scope) => {
        if (scope.key === 'watcher') {
          early = await journal.before(scope, Number.MAX_SAFE_INTEGER, 50);
          await runtime.sleep(SLOW_MS);
        }
        return journal.head(scope);
      },
      before: async (scope, ...rest) =>
        (scope.key === 'watcher' ? early : undefined) ?? journal.before(scope, ...rest),
    },
  };
};
