import { advance } from '../../../shared/delivery/core/cursor.ts';
import * as real from '../../../shared/delivery/core/settle.ts';

export const settle: typeof real.settle = (state, ...rest) => ({
  ...real.settle(state, ...rest),
  cursor: advance(state.cursor, state.claim?.to ?? {}),
});
