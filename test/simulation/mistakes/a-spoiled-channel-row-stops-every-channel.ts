import type * as real from '../../../shared/journal/read.ts';

export const isCorrupt = ((_error: unknown) => false) as typeof real.isCorrupt;
