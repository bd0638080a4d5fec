import * as real from '../../../shared/core/appearance.ts';

export const isBeginningSeen: typeof real.isBeginningSeen = (commit, change) => {
  const { notice: _notice, ...rest } = commit;
  return real.isBeginningSeen(rest, change);
};
