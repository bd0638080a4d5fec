import { advance } from '../../../shared/delivery/core/cursor.ts';
import * as real from '../../../shared/delivery/core/settle.ts';

export const settleInPlace: typeof real.settleInPlace = (state, ...rest) => ({
  ...real.settleInPlace(state, ...rest),
  cursor: advance(state.cursor, state.claim?.to ?? {}),
});
