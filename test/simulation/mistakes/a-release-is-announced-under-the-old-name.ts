import type * as real from '../../../shared/watch/core/details-round.ts';

export const withNewest: typeof real.withNewest = (snapshot) => snapshot;
