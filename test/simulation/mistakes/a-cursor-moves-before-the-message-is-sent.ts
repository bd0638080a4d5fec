import * as real from '../../../shared/delivery/core/claim.ts';
import { advance } from '../../../shared/delivery/core/cursor.ts';

export const claimMessage: typeof real.claimMessage = (...args) => {
  const after = real.claimMessage(...args);
  return { ...after, cursor: advance(after.cursor, after.claim?.to ?? {}) };
};
