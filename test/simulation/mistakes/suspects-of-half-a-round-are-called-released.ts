import * as real from '../../../shared/watch/core/rounds.ts';

export const joinRound: typeof real.joinRound = (...args) => {
  const joined = real.joinRound(...args);
  return { ...joined, scan: { ...joined.scan, nextPage: null }, earlier: new Set() };
};
