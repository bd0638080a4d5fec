import type * as real from '../../../shared/watch/ask-by-id.ts';

export const askByIds: typeof real.askByIds = async (_inventory, _scope, _pacer, ids) => [
  { asked: ids, statuses: new Map(), isNotFound: true },
];
