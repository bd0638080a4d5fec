import * as real from '../../../shared/watch/ask-by-id.ts';

export const askByIds: typeof real.askByIds = async (...args) =>
  (await real.askByIds(...args)).map((answer) => ({ ...answer, isNotFound: true }));
