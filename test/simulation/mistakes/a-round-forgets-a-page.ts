import * as real from '../../../shared/watch/core/rounds.ts';

export const openRound: typeof real.openRound = (...args) => {
  const open = real.openRound(...args);
  return open && { ...open, nextPage: open.nextPage + 1 };
};

/** Asked for by id, the instances of the page would be found all the same. */
export const joinRound: typeof real.joinRound = (part, round, where) => {
  const joined = real.joinRound(part, round, where);
  return round === null ? joined : { ...joined, earlier: new Set(where.before.instances.keys()) };
};
