import * as real from '../../../shared/delivery/core/settle.ts';

export const settle: typeof real.settle = (attempted, outcome, ...rest) => {
  const state = real.settle(attempted, outcome, ...rest);
  if (outcome.kind === 'delivered' || state.claim === null) return state;
  const { reminds: _, ...claim } = state.claim;
  const { remindedMs: __, ...others } = state;
  return { ...others, claim };
};
