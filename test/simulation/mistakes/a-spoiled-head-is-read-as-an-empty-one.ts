import * as real from '../../../shared/tablestore/corrupt.ts';

export const headOf: typeof real.headOf = (...args) => {
  const { unreadable: _unreadable, ...head } = real.headOf(...args);
  return head;
};
