import * as real from '../../../shared/watch/scope-result.ts';

export const endAfter: typeof real.endAfter = (result) => {
  const end = real.endAfter(result);
  return result.kind === 'reported' ? { ...end, lastSeq: null } : end;
};
