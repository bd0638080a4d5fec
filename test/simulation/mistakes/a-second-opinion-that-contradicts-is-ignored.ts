import * as real from '../../../shared/watch/core/guard.ts';

export const judgeReleases: typeof real.judgeReleases = (releases, ...rest) =>
  real.judgeReleases({ ...releases, opinion: 'agrees' }, ...rest);
