import type * as real from '../../../shared/watch/core/rounds.ts';

export const roundToContinue: typeof real.roundToContinue = ({ round }) => round ?? null;
