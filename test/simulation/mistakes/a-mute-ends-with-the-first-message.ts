import * as real from '../../../shared/delivery/core/settle.ts';

export const settle: typeof real.settle = (...args) => {
  const { muted: _, ...state } = real.settle(...args);
  return state;
};
