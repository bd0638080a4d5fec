import * as real from '../../../shared/delivery/core/delivery.ts';

export const settle: typeof real.settle = (state, ...rest) => ({
  ...real.settle(state, ...rest),
  cursor: state.claim?.to ?? state.cursor,
});
