import * as real from '../../../shared/delivery/core/settle.ts';

export const settleInPlace: typeof real.settleInPlace = (state, ...rest) => ({
  ...real.settleInPlace(state, ...rest),
  cursor: state.cursor,
  held: state.held,
});
