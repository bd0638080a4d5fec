import type * as real from '../../../shared/watch/ask-by-id.ts';

export const askByIds: typeof real.askByIds = async (_fleet, ids) => [
  { asked: ids, statuses: new Map(), isNotFound: true },
];
