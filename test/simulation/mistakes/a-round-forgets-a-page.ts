import * as real from '../../../shared/watch/core/rounds.ts';

export const openRound: typeof real.openRound = (...args) => {
  const open = real.openRound(...args);
  return open && { ...open, nextPage: open.nextPage + 1 };
};
